import { formatTime } from '../../format/clock.ts';
import { formatCount } from '../../format/number.ts';
import { torrentName } from '../../format/text.ts';
import type { DigestStatus } from '../../app/digest-status.ts';
import type { ViewModel } from '../view-model.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Digests on the page; `/status` has more. */
const MAX_DIGESTS = 5;

/** The cards that show several completions, the newest first. */
export function digestList(view: ViewModel): Html {
  return html`<ul class="finished digests" id="digests" role="list">
    ${view.digests.slice(0, MAX_DIGESTS).map((digest) => digestRow(digest, view))}
  </ul>`;
}

function digestRow({ id, completions, delivered, newest, until }: DigestStatus, view: ViewModel): Html {
  const count = formatCount(completions, view.locale);
  const isDelivered = delivered === completions;
  const state = isDelivered
    ? 'On the phone'
    : `${formatCount(delivered, view.locale)} of ${count} on the phone`;
  const more = completions - newest.length;
  return html`<li class="end" id="d-${id}" data-tone="${isDelivered ? 'done' : 'waiting'}">
    <span class="name">${count} ${completions === 1 ? 'download' : 'downloads'} complete</span
    ><span class="state">${state}</span>
    <time datetime="${until}">${formatTime(Date.parse(until) / 1000, view.now, view)}</time>
    <p class="names">
      ${newest.map(({ key, name }) => html`<bdi>${torrentName(key, name)}</bdi> `)}<a href="digest?id=${id}"
        >${more > 0 ? `and ${formatCount(more, view.locale)} more` : 'as JSON'}</a
      >
    </p>
  </li>`;
}
