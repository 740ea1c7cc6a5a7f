import { arrival, duration, size } from '../../ntfy/text.ts';
import { nameOf } from '../../ntfy/wording.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { phoneOf, saidOf } from '../words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** When and where the page is read. */
export interface Clock {
  /** Milliseconds since 1970. */
  now: number;
  /** IANA name. */
  timeZone: string | undefined;
}

/** The element of a torrent's row. */
export const rowId = (key: string): string => `t-${key}`;

/** A torrent, as a row. Its actor's chart opens from its name. */
export function torrentRow(torrent: TorrentStatus, clock: Clock): Html {
  const { key, name } = torrent;
  const said = saidOf(torrent);
  const phone = phoneOf(torrent);
  return html`<li class="torrent" id="${rowId(key)}" data-in="torrents" data-tone="${said.tone}">
    <a class="name" id="n-${key}" href="?show=${key}" data-show="${key}"
      ><bdi>${nameOf(key, name, 'title')}</bdi></a
    >
    <span class="state">${said.words}</span>${progress(torrent)}<span class="figures"
      >${figures(torrent, clock)}</span
    >
    <span class="phone" data-tone="${phone.tone}"
      ><span class="hidden">On the phone: </span>${phone.words}</span
    >
  </li>`;
}

/** The very numbers of the torrent; the percent is floored, as on the phone: only what is complete has 100. */
function progress({ key, progress, phase, size, state }: TorrentStatus): Html {
  const known = size > 0 && phase !== 'metadata' && state !== 'restarting';
  const value = Math.floor(progress * 1000) / 10;
  return known
    ? html`<progress max="100" value="${value}" aria-labelledby="n-${key}"></progress
        ><span class="percent">${Math.floor(value)}%</span>`
    : html`<progress class="unknown" max="100" value="0" aria-labelledby="n-${key}"></progress
        ><span class="percent"></span>`;
}

/** Size, speed, and when it will be there. */
export function figures({ phase, speed, eta, size: bytes }: TorrentStatus, { now, timeZone }: Clock): string {
  const of = bytes === 0 ? [] : [size(bytes)];
  if (phase !== 'downloading') return of.join(' · ');
  const left = eta === null ? '∞' : `${duration(eta)} (${arrival(now / 1000 + eta, now, timeZone)})`;
  return [...of, `${size(speed)}/s`, `ETA ${left}`].join(' · ');
}
