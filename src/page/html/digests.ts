import { formatTime } from '../../format/clock.ts';
import { formatCount } from '../../format/number.ts';
import { torrentName } from '../../format/text.ts';
import type { DigestStatus } from '../../app/digest-status.ts';
import { digestTitle } from '../../ntfy/digest-text.ts';
import type { ViewModel } from '../view-model.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Digests on the page; `/status` has more. */
const MAX_DIGESTS = 5;

/** The cards that show several downloads, the newest first. */
export function digestList(view: ViewModel): Html {
  return html`<ul class="finished digests" id="digests" role="list">
    ${view.digests.slice(0, MAX_DIGESTS).map((digest) => digestRow(digest, view))}
  </ul>`;
}

function digestRow({ id, about, lines, delivered, newest, until }: DigestStatus, view: ViewModel): Html {
  const isDelivered = delivered === lines;
  const counted = `${formatCount(delivered, view.locale)} of ${formatCount(lines, view.locale)}`;
  const tone = !isDelivered ? 'waiting' : about === 'completions' ? 'done' : 'warn';
  const more = lines - newest.length;
  return html`<li class="end" id="d-${id}" data-tone="${tone}">
    <span class="name">${titleOf(about, lines)}</span
    ><span class="state">${isDelivered ? 'On the phone' : `${counted} on the phone`}</span>
    <time datetime="${until}">${formatTime(Date.parse(until) / 1000, view.now, view)}</time>
    <p class="names">
      ${newest.map(({ key, name }) => html`<bdi>${torrentName(key, name)}</bdi> `)}<a href="digest?id=${id}"
        >${more > 0 ? `and ${formatCount(more, view.locale)} more` : 'as JSON'}</a
      >
    </p>
  </li>`;
}

/** As on the phone. */
function titleOf(about: DigestStatus['about'], count: number): string {
  const isGood = about === 'completions';
  const counts = { completion: isGood ? count : 0, alert: isGood ? 0 : count, incident: 0 };
  return digestTitle({ about, counts, lines: [] });
}
