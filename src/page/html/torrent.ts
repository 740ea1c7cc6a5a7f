import { formatTime } from '../../format/clock.ts';
import { formatDuration, formatSize } from '../../format/figures.ts';
import { formatPercent } from '../../format/number.ts';
import type { FormatOptions } from '../../format/options.ts';
import { safeText, torrentName } from '../../format/text.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { phoneLabel, stateLabel } from '../labels.ts';
import type { Points } from '../speeds.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { torrentLine } from './speeds.ts';

/** The time that the page shows, and how it writes times and numbers. */
export interface Clock extends FormatOptions {
  /** Milliseconds since 1970. */
  now: number;
}

/** UTF-8 bytes of the name of a rule. */
const MAX_RULE_BYTES = 60;

/** The element of a torrent's row. */
export const rowId = (key: string): string => `t-${key}`;

/**
 * A torrent as a row. Its name opens the chart of its actor.
 *
 * @param speeds those of the last ten minutes; `null`: the line that the browser has stays
 */
export function torrentRow(torrent: TorrentStatus, clock: Clock, speeds: Points | null = null): Html {
  const { key, name } = torrent;
  const state = stateLabel(torrent);
  const phone = phoneLabel(torrent, clock.locale);
  return html`<li
    class="torrent"
    id="${rowId(key)}"
    data-in="torrents"
    data-tone="${state.tone}"
    ${speeds === null ? 'data-more' : ''}
  >
    <a class="name" id="n-${key}" href="?show=${key}" data-show="${key}"
      ><bdi>${torrentName(key, name)}</bdi></a
    >
    <span class="state">${state.text}${ruleOf(torrent)}</span>${progress(torrent, clock)}<span class="figures"
      >${figures(torrent, clock)}</span
    >
    <span class="phone" data-tone="${phone.tone}"
      ><span class="hidden">On the phone: </span>${phone.text}</span
    >${speeds === null ? '' : torrentLine(key, speeds, clock)}
  </li>`;
}

/** The rule that applies; its conditions are beside the chart. */
function ruleOf({ ruling }: TorrentStatus): Html | '' {
  const rule = ruling?.rule ?? null;
  return rule === null ? '' : html` · rule <bdi>${safeText(rule, MAX_RULE_BYTES)}</bdi>`;
}

/** The current progress. The percent is rounded down, as on the phone: only a complete torrent has 100. */
function progress({ key, progress, phase, size, state }: TorrentStatus, { locale }: Clock): Html {
  const known = size > 0 && phase !== 'metadata' && state !== 'restarting';
  const value = Math.floor(progress * 1000) / 10;
  return known
    ? html`<progress max="100" value="${value}" aria-labelledby="n-${key}"></progress
        ><span class="percent">${formatPercent(Math.floor(value), locale)}</span>`
    : html`<progress class="unknown" max="100" value="0" aria-labelledby="n-${key}"></progress
        ><span class="percent"></span>`;
}

/** Size, speed and ETA. */
export function figures({ phase, speed, eta, size }: TorrentStatus, clock: Clock): string {
  const { now } = clock;
  const sizes = size === 0 ? [] : [formatSize(size, clock)];
  if (phase !== 'downloading') return sizes.join(' · ');
  const left = eta === null ? '∞' : `${formatDuration(eta)} (${formatTime(now / 1000 + eta, now, clock)})`;
  return [...sizes, `${formatSize(speed, clock)}/s`, `ETA ${left}`].join(' · ');
}
