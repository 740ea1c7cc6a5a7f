/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { scrollIntoView } from './scroll-into-view.ts';
import type { createDialog } from './dialog.ts';
import type { createFilter } from './filter.ts';
import type { createHighlighter } from './highlighter.ts';
import type { morph } from './morph.ts';
import type { createStream, Link } from './stream.ts';

/** The functions of the script. Passed in, because each is sent as text and has no access to the others' scope. */
export interface Parts {
  morph: typeof morph;
  scrollIntoView: typeof scrollIntoView;
  createDialog: typeof createDialog;
  createHighlighter: typeof createHighlighter;
  createFilter: typeof createFilter;
  createStream: typeof createStream;
}

/** The page's script: applies the messages of the stream and shows the state of the connection. */
export function main(parts: Parts): void {
  const { morph, scrollIntoView, createDialog, createHighlighter, createFilter, createStream } = parts;
  const find = (id: string) => document.getElementById(id);
  const highlight = createHighlighter(matchMedia('(prefers-reduced-motion: reduce)'), scrollIntoView);
  const filter = createFilter();
  const openStream = createStream(applyMessage, showLink);
  const dialog = find('chart');
  let shown = '';
  /** Rows received since the last whole board, whose rows arrive in several messages. */
  let received = new Set<string>();

  function applyMessage(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    for (const next of Array.from(template.content.children)) {
      if (next instanceof HTMLElement || next instanceof SVGElement) applyElement(next);
    }
    filter();
    highlight(find('chart-now'));
  }

  function applyElement(next: HTMLElement | SVGElement): void {
    const { show, gone, end, in: list = '' } = next.dataset;
    if (end !== undefined) return removeStale(end);
    // For a chart that was closed meanwhile.
    if (show !== undefined && show !== shown) return;
    if (next.id === 'board')
      received = new Set(Array.from(next.querySelectorAll('[data-in]'), ({ id }) => id));
    else received.add(next.id);
    const old = find(next.id);
    if (gone !== undefined) old?.remove();
    else if (old === null) find(list)?.append(next);
    else if (old.dataset['show'] === show) morph(old, next);
    else {
      old.replaceWith(next);
      find('chart-title')?.focus();
    }
  }

  /** All rows of a list were received: removes those of torrents that finished while the page was disconnected. */
  function removeStale(list: string): void {
    for (const row of Array.from(find(list)?.children ?? [])) if (!received.has(row.id)) row.remove();
    received.clear();
  }

  function showLink(link: Link): void {
    document.documentElement.dataset['link'] = link;
    const badge = find('link');
    if (badge !== null) badge.textContent = badge.dataset[link] ?? '';
    const banners = { banner: 'lost', refused: 'refused' };
    for (const [id, state] of Object.entries(banners)) find(id)?.toggleAttribute('hidden', link !== state);
  }

  showLink('connecting');
  filter();
  highlight(find('chart-now'));
  if (!(dialog instanceof HTMLDialogElement)) return;
  createDialog(dialog, (actor) => {
    shown = actor;
    openStream(actor);
  });
}
