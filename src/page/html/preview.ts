import { formatTime } from '../../format/clock.ts';
import { formatCount } from '../../format/number.ts';
import { safeLines, safeText } from '../../format/text.ts';
import { isAudible } from '../../ntfy/message.ts';
import { emojiOf } from '../emoji.ts';
import type { PhonePreview, PreviewCard } from '../preview.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Clock } from './torrent.ts';

/** The element of a card. */
export const cardId = (id: number): string => `c-${id}`;

/** The notifications as the phone shows them. Nothing on it can be pressed: the page is read-only. */
export function previewSection(view: Clock & { preview: PhonePreview }): Html {
  return html`<section class="preview" aria-labelledby="preview-title">
    <div class="heading">
      <h2 id="preview-title" tabindex="-1">On the phone</h2>
      ${previewCounts(view)}
    </div>
    <div class="device">
      <div class="screen" tabindex="0" role="group" aria-labelledby="preview-title">
        ${previewCards(view.preview.list(), view)}
      </div>
    </div>
    <p class="secondary">
      What ntfy accepted since the sidecar started, as its Android app shows it. Notifications that were
      dismissed on the phone stay here.
    </p>
  </section>`;
}

/** How many messages made a sound: few, and how many did not: most. */
export function previewCounts({
  preview: { sounds, silent },
  locale,
}: Clock & { preview: PhonePreview }): Html {
  const audible = `${formatCount(sounds, locale)} ${sounds === 1 ? 'sound' : 'sounds'}`;
  const texts = [audible, `${formatCount(silent, locale)} silent`];
  return html`<p class="counts" id="preview-counts">${sounds + silent === 0 ? '' : texts.join(' · ')}</p>`;
}

/** All cards; those without a sound under a heading of their own, as in Android's notification drawer. */
export function previewCards(cards: readonly PreviewCard[], clock: Clock): Html {
  const audible = cards.filter(({ priority }) => isAudible(priority));
  const silent = cards.slice(audible.length);
  return html`<div class="cards" id="cards">
    ${cards.length === 0 ? nothing() : ''}${audible.length === 0 ? '' : list('cards-sound', audible, clock)}
    ${silent.length === 0 ? '' : html`<h3 id="cards-title">Silent</h3>`}
    ${silent.length === 0 ? '' : list('cards-silent', silent, clock)}
  </div>`;
}

const nothing = (): Html =>
  html`<p class="empty" id="cards-empty">
    No notifications since the sidecar started. Earlier ones may be on the phone, but are not shown here.
  </p>`;

const list = (id: string, cards: readonly PreviewCard[], clock: Clock): Html =>
  html`<ul id="${id}" role="list">
    ${cards.map((card) => previewCard(card, clock))}
  </ul>`;

/** UTF-8 bytes: more than the preview stores. */
const MAX_BYTES = 2000;

/** One notification. Its texts are those of torrents, servers and rules: untrusted. */
export function previewCard(card: PreviewCard, clock: Clock): Html {
  const { id, at, tags, title, message, buttons, hasSounded } = card;
  const emoji = emojiOf(tags);
  return html`<li class="card" id="${cardId(id)}" data-sound="${hasSounded ? 'once' : 'none'}">
    <p class="head">
      <span class="app">ntfy</span>${topicOf(card)}<time datetime="${new Date(at).toISOString()}"
        >${formatTime(at / 1000, clock.now, clock)}</time
      ><span class="sound">${soundOf(card, clock)}</span>
    </p>
    <p class="title" dir="auto">${emoji === '' ? '' : `${emoji}\u00A0`}${safeText(title, MAX_BYTES)}</p>
    <p class="message" dir="auto">${safeLines(message, MAX_BYTES)}</p>
    ${buttons.length === 0 ? '' : buttonsOf(buttons)}
  </li>`;
}

/** Never its name, which is a secret. */
function topicOf({ topic }: PreviewCard): Html | '' {
  if (topic === 'default') return '';
  const name =
    topic.rule === null ? 'another topic' : html`rule <bdi>${safeText(topic.rule, MAX_BYTES)}</bdi>`;
  return html`<span class="topic">${name}</span>`;
}

function soundOf({ hasSounded, updates }: PreviewCard, { locale }: Clock): string {
  const updated = updates === 1 ? '1 update' : `${formatCount(updates, locale)} updates`;
  const sound = hasSounded ? 'Sound' : 'Silent';
  return updates === 0 ? sound : `${sound} · ${updated}`;
}

const buttonsOf = (labels: readonly string[]): Html =>
  html`<p class="actions">
    <span class="hidden">Buttons: </span
    >${labels.map((label) => html`<span>${safeText(label, MAX_BYTES)}</span> `)}
  </p>`;
