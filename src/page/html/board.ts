import { formatSize } from '../../format/figures.ts';
import { formatCount } from '../../format/number.ts';
import { torrentName } from '../../format/text.ts';
import type { TorrentStatus } from '../../app/status.ts';
import type { ViewModel } from '../view-model.ts';
import { digestList } from './digests.ts';
import { historyList, historySection } from './history.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { previewCounts, previewSection } from './preview.ts';
import { serviceCards } from './services.ts';
import { speedLine } from './speeds.ts';
import { torrentRow } from './torrent.ts';

/** Placeholder for the rows in a page that is sent in pieces. No text can equal it: text is escaped. */
export const ROWS = html`<!--rows-->`;

/**
 * All live content as one element: the first message to a viewer.
 *
 * @param more `data-more` if more rows follow: the browser keeps its rows until all have arrived
 */
export function board(
  view: ViewModel,
  torrents: readonly TorrentStatus[] | typeof ROWS,
  more: 'data-more' | '' = '',
): Html {
  return html`<main id="board">
    <section aria-labelledby="services-title">
      <h2 class="hidden" id="services-title">Services</h2>
      <ul class="services" id="services" role="list">
        ${serviceCards(view).map(({ html }) => html)}
      </ul>
    </section>
    <section aria-labelledby="downloads">
      <div class="heading">
        <h2 id="downloads" tabindex="-1">Downloads</h2>
        <p class="hint">Select one to see its statechart.</p>
        ${filter()}
      </div>
      <ul class="torrents" id="torrents" role="list" ${more}>
        ${typeof torrents === 'object' && 'map' in torrents ? torrents.map((torrent) => torrentRow(torrent, view, view.speeds.of(torrent.hash, view.now))) : torrents}
      </ul>
      <p class="empty">No active downloads. New downloads in qBittorrent appear here automatically.</p>
      <p class="none" id="none" hidden>No name or state matches.</p>
    </section>
    ${previewSection(view)}
    <section class="shared" aria-labelledby="digests-title">
      <div class="heading"><h2 id="digests-title" tabindex="-1">Shared notifications</h2></div>
      ${digestList(view)}
    </section>
    ${historySection(view)}
  </main>`;
}

/** Hidden unless there are many torrents; the script shows it. */
function filter(): Html {
  return html`<div class="filter" id="filter-box" hidden>
    <label for="filter">Filter</label>
    <input
      id="filter"
      type="search"
      autocomplete="off"
      spellcheck="false"
      placeholder="name or state"
      aria-describedby="filter-count"
    />
    <output id="filter-count" for="filter"></output>
  </div>`;
}

/** The parts that change, by element; without the torrents' rows and the cards of the phone. */
export function partsOf(view: ViewModel): Array<{ id: string; html: Html }> {
  return [
    { id: 'summary', html: summary(view) },
    ...serviceCards(view),
    { id: 'digests', html: digestList(view) },
    { id: 'finished', html: historyList(view.finished, view) },
    { id: 'preview-counts', html: previewCounts(view) },
    { id: 'announcement', html: announcement(view) },
  ];
}

/** The number of downloads, and their speed now and in the last ten minutes. */
export function summary(view: ViewModel): Html {
  const { count, speed, speeds, now, locale } = view;
  const downloads = count === 1 ? '1 download' : `${formatCount(count, locale)} downloads`;
  const text = count === 0 ? 'Idle' : `${downloads}${speed > 0 ? ` · ${formatSize(speed, view)}/s` : ''}`;
  return html`<p id="summary">${text}${speedLine(speeds.total(now), view)}</p>`;
}

/** The text for screen readers: incidents and finished downloads, nothing that changes constantly. */
export function announcement({ services, last }: ViewModel): Html {
  const problem = services.incident === 'raised' ? 'There is a problem with qBittorrent. ' : '';
  const end =
    last === null
      ? ''
      : `${torrentName(last.key, last.name)}: ${last.end === 'complete' ? 'complete' : 'removed'}.`;
  return html`<p class="hidden" id="announcement" role="status">${problem}${end}</p>`;
}
