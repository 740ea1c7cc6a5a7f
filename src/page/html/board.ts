import { arrival, duration, size } from '../../ntfy/text.ts';
import { nameOf } from '../../ntfy/wording.ts';
import type { TorrentStatus } from '../../app/status.ts';
import type { Finished } from '../finished.ts';
import type { ViewModel } from '../look.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { serviceCards } from './services.ts';
import { torrentRow } from './torrent.ts';

/** Stands where the rows belong, in a page that is sent in pieces. No text can be like it: text is escaped. */
export const ROWS = html`<!--rows-->`;

/**
 * Everything that moves, as one element: what a viewer gets first.
 *
 * @param more `data-more` where more rows follow: those that the browser has stay until all have come
 */
export function board(
  look: ViewModel,
  torrents: readonly TorrentStatus[] | typeof ROWS,
  more: 'data-more' | '' = '',
): Html {
  return html`<main id="board">
    <section aria-labelledby="services-title">
      <h2 class="hidden" id="services-title">What it is made of</h2>
      <ul class="services" id="services" role="list">
        ${serviceCards(look).map(({ html }) => html)}
      </ul>
    </section>
    <section aria-labelledby="following">
      <div class="heading">
        <h2 id="following" tabindex="-1">Following</h2>
        <p class="hint">Each opens the chart of its actor.</p>
        ${filter()}
      </div>
      <ul class="torrents" id="torrents" role="list" ${more}>
        ${typeof torrents === 'object' && 'map' in torrents ? torrents.map((torrent) => torrentRow(torrent, look)) : torrents}
      </ul>
      <p class="empty">
        Nothing is followed now. A download that is added to qBittorrent appears here by itself.
      </p>
      <p class="none" id="none" hidden>No name or state matches.</p>
    </section>
    <section aria-labelledby="finished-title">
      <div class="heading"><h2 id="finished-title" tabindex="-1">Finished lately</h2></div>
      ${finishedList(look)}
      <p class="empty">Nothing yet, since this sidecar was started.</p>
    </section>
  </main>`;
}

/** Shown where there are enough torrents to look for one; the script unhides it. */
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

/** The parts that change by themselves, each by its element; torrents apart. */
export function partsOf(look: ViewModel): Array<{ id: string; html: Html }> {
  return [
    { id: 'summary', html: summary(look) },
    ...serviceCards(look),
    { id: 'finished', html: finishedList(look) },
    { id: 'said', html: said(look) },
  ];
}

/** How much there is, in a line. */
export function summary({ count, speed }: ViewModel): Html {
  const words =
    count === 0 ? 'Idle' : `${count.toLocaleString('en')} followed${speed > 0 ? ` · ${size(speed)}/s` : ''}`;
  return html`<p id="summary">${words}</p>`;
}

/** What a screen reader says aloud: ends and trouble, and nothing that moves all the time. */
export function said({ services, finished }: ViewModel): Html {
  const [last] = finished;
  const trouble = services.incident === 'raised' ? 'There is trouble with qBittorrent. ' : '';
  const end =
    last === undefined ? '' : `${titleOf(last)}: ${last.end === 'complete' ? 'complete' : 'removed'}.`;
  return html`<p class="hidden" id="said" role="status">${trouble}${end}</p>`;
}

function finishedList(look: ViewModel): Html {
  return html`<ul class="finished" id="finished" role="list">
    ${look.finished.map((one) => finishedRow(one, look))}
  </ul>`;
}

function finishedRow(one: Finished, { now, timeZone }: ViewModel): Html {
  const { key, end, at, torrent } = one;
  const words = end === 'complete' ? ['Complete', ...measures(torrent)] : ['Removed from qBittorrent'];
  return html`<li class="end" id="f-${key}-${at}" data-tone="${end === 'complete' ? 'done' : 'waiting'}">
    <bdi class="name">${titleOf(one)}</bdi><span class="state">${words.join(' · ')}</span>
    <time datetime="${new Date(at).toISOString()}">${arrival(at / 1000, now, timeZone)}</time>
  </li>`;
}

function measures(torrent: Finished['torrent']): string[] {
  if (torrent === null || torrent.size === 0) return [];
  const took =
    torrent.duration === null || torrent.downloaded === 0 ? '' : ` in ${duration(torrent.duration)}`;
  return [`${size(torrent.size)}${took}`];
}

const titleOf = ({ key, name }: Finished): string => nameOf(key, name, 'title');
