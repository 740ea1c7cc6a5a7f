/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { scrollIntoView } from './bring.ts';
import type { createDialog } from './dialog.ts';
import type { createFilter } from './filter.ts';
import type { createHighlighter } from './lights.ts';
import type { morph } from './morph.ts';
import type { createStream, Link } from './stream.ts';

/** What the script is made of. Handed in, for each is sent to the browser as text and sees nothing of the others. */
export interface Parts {
  morph: typeof morph;
  bring: typeof scrollIntoView;
  createDialog: typeof createDialog;
  createLights: typeof createHighlighter;
  createFilter: typeof createFilter;
  createStream: typeof createStream;
}

/** The page's script: swaps what the stream brings, and says how it stands with the stream. */
export function main({ morph, bring, createDialog, createLights, createFilter, createStream }: Parts): void {
  const find = (id: string) => document.getElementById(id);
  const light = createLights(matchMedia('(prefers-reduced-motion: reduce)'), bring);
  const filter = createFilter();
  const look = createStream(swap, say);
  const dialog = find('chart');
  let shown = '';
  /** The rows that came since a list began whose rows come in several messages. */
  let fresh = new Set<string>();

  function swap(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    for (const next of Array.from(template.content.children)) {
      if (next instanceof HTMLElement) put(next);
    }
    filter();
    light(find('chart-now'));
  }

  function put(next: HTMLElement): void {
    const { show, gone, end, in: list = '' } = next.dataset;
    if (end !== undefined) return sweep(end);
    // A late word on a chart that was closed.
    if (show !== undefined && show !== shown) return;
    if (next.id === 'board') fresh = new Set(Array.from(next.querySelectorAll('[data-in]'), ({ id }) => id));
    else fresh.add(next.id);
    const old = find(next.id);
    if (gone !== undefined) old?.remove();
    else if (old === null) find(list)?.append(next);
    else if (old.dataset['show'] === show) morph(old, next);
    else {
      old.replaceWith(next);
      find('chart-title')?.focus();
    }
  }

  /** All rows of a list have come: what else is in it went while nobody looked. */
  function sweep(list: string): void {
    for (const row of Array.from(find(list)?.children ?? [])) if (!fresh.has(row.id)) row.remove();
    fresh.clear();
  }

  function say(link: Link): void {
    document.documentElement.dataset['link'] = link;
    const badge = find('link');
    if (badge !== null) badge.textContent = badge.dataset[link] ?? '';
    const banners = { banner: 'lost', refused: 'refused' };
    for (const [id, state] of Object.entries(banners)) find(id)?.toggleAttribute('hidden', link !== state);
  }

  say('connecting');
  filter();
  light(find('chart-now'));
  if (!(dialog instanceof HTMLDialogElement)) return;
  createDialog(dialog, (actor) => {
    shown = actor;
    look(actor);
  });
}
