import type { EndedTorrent } from '../../../machines/supervisor/ended.ts';
import { nameOf } from '../../app/history.ts';
import { formatTime } from '../../format/clock.ts';
import { formatDuration, formatSize } from '../../format/figures.ts';
import { safeText, torrentName } from '../../format/text.ts';
import { averageSpeed } from '../../ntfy/fields.ts';
import { MAX_SEARCH_LENGTH } from '../../store/index.ts';
import type { HistoryPage, HistoryQuery } from '../../store/index.ts';
import type { ViewModel } from '../view-model.ts';
import { page } from './document.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Clock } from './torrent.ts';

/** The newest entries of the history on the live page, with the search of all of them. */
export function historySection(view: ViewModel): Html {
  return html`<section class="part-finished" aria-labelledby="finished-title">
    <div class="heading">
      <h2 id="finished-title" tabindex="-1">History</h2>
      <p class="all"><a href="history">Show all</a></p>
      ${searchForm('')}
    </div>
    ${historyList(view.finished, view)}
    <p class="empty">No download has completed or was removed yet.</p>
  </section>`;
}

/** The part that changes. */
export function historyList(entries: readonly EndedTorrent[], clock: Clock): Html {
  return html`<ul class="finished" id="finished" role="list">
    ${entries.map((entry) => historyRow(entry, clock))}
  </ul>`;
}

/** Works without scripts: its result is a page. */
function searchForm(search: string): Html {
  return html`<form class="search" role="search" method="get" action="history">
    <label class="hidden" for="search">Search</label>
    <input
      id="search"
      name="search"
      type="search"
      value="${search}"
      maxlength="${MAX_SEARCH_LENGTH}"
      autocomplete="off"
      spellcheck="false"
      placeholder="name or category"
    />
    <button>Search</button>
  </form>`;
}

/** A page with entries of the history. */
export function historyPage(
  { entries, next }: HistoryPage,
  { search, before }: HistoryQuery,
  clock: Clock,
): Html {
  const results = entries.length === 0 ? 'No download matches.' : '';
  return page(
    'History: qbit-ntfy-sidecar',
    html`<header class="top">
        <h1>History</h1>
        <p class="back"><a href="./">Current downloads</a></p>
      </header>
      <main>
        <div class="heading">
          <h2 class="hidden">Downloads</h2>
          ${searchForm(search)}
        </div>
        ${historyList(entries, clock)}
        <p class="empty">${results}</p>
        ${pages(search, next === null ? null : nameOf(next), before !== null)}
      </main>`,
  );
}

/** Links to older entries, and back to the newest ones. */
function pages(search: string, next: string | null, isOlder: boolean): Html {
  const link = (position: Record<string, string>) =>
    `history?${new URLSearchParams({ search, ...position })}`;
  return html`<nav class="pages" aria-label="Pages">
    ${isOlder ? html`<a href="${link({})}">Newest</a>` : ''}
    ${next === null ? '' : html`<a rel="next" href="${link({ before: next })}">Older</a>`}
  </nav>`;
}

function historyRow(entry: EndedTorrent, clock: Clock): Html {
  const { hash, key, name, end, at } = entry;
  const texts = end === 'complete' ? ['Complete', ...figuresOf(entry, clock)] : ['Removed from qBittorrent'];
  return html`<li
    class="end"
    id="f-${hash}-${at}-${end}"
    data-tone="${end === 'complete' ? 'done' : 'waiting'}"
  >
    <bdi class="name">${torrentName(key, name)}</bdi><span class="state">${texts.join(' · ')}</span>
    <time datetime="${new Date(at * 1000).toISOString()}">${formatTime(at, clock.now, clock)}</time>
    <p class="details">${detailsOf(entry)}</p>
  </li>`;
}

function figuresOf(entry: EndedTorrent, clock: Clock): string[] {
  const { size, duration, downloaded } = entry;
  if (size === 0) return [];
  const speed = averageSpeed(entry);
  const time = duration === null || downloaded === 0 ? '' : ` in ${formatDuration(duration)}`;
  return [`${formatSize(size, clock)}${time}`, ...(speed === null ? [] : [`${formatSize(speed, clock)}/s`])];
}

const REASONS: Readonly<Record<NonNullable<EndedTorrent['reason']>, string>> = {
  rule: 'no notification: its rule sends none',
  existing: 'no notification: nothing was downloaded',
  removal: 'no notification of its removal',
};

/** Category, rule and what was sent. */
function detailsOf({ category, rule, card, reason }: EndedTorrent): Html {
  const shared = card === null || card === 'own' ? 'own notification' : `shared notification ${card}`;
  const sent = reason === null ? shared : REASONS[reason];
  const parts = [
    ...(category === null || category === '' ? [] : [html`<bdi>${safeText(category, 100)}</bdi> · `]),
    ...(rule === null ? [] : [html`rule <bdi>${safeText(rule, 100)}</bdi> · `]),
  ];
  return html`${parts}${sent}`;
}
