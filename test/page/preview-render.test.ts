/** The phone on the page. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PhoneChange } from '../../src/ntfy/phone-change.ts';
import { previewCards, previewCounts, previewSection } from '../../src/page/html/preview.ts';
import { createPhonePreview } from '../../src/page/preview.ts';
import { hostile, shapeOf, textOf } from './markup.ts';
import { published } from './preview-changes.ts';

const now = Date.UTC(2026, 10, 23, 14, 0);
const clock = { now, timeZone: 'UTC' };

function previewOf(...changes: PhoneChange[]) {
  const preview = createPhonePreview(() => now);
  for (const change of changes) preview.onAccepted(change);
  return preview;
}

const cardsOf = (...changes: PhoneChange[]) => previewCards(previewOf(...changes).list(), clock);

/** A card that was updated this often. */
const updated = (count: number, priority = 2) =>
  textOf(cardsOf(...Array.from({ length: count + 1 }, () => published('s', { priority }))));

/** A card, all of whose texts are this one. */
const cardWith = (text: string) =>
  cardsOf(
    published('s', { title: text, message: text, tags: [text], buttons: [text], route: 'r', rule: text }),
  );

const counts = (...changes: PhoneChange[]) =>
  textOf(previewCounts({ ...clock, preview: previewOf(...changes) }));

describe('a notification on the page', () => {
  test('shows its emoji, title, text, time, sound and buttons', () => {
    const card = cardsOf(
      published('s', {
        priority: 4,
        tags: ['white_check_mark'],
        title: 'Download Complete',
        message: 'debian.iso\n704 MB',
        buttons: ['Open'],
      }),
    );
    assert.equal(
      textOf(card),
      '|ntfy|14:00|Sound|✅\u00A0Download Complete|debian.iso\n704 MB|Buttons: |Open| |  |',
    );
  });

  test('shows whether it is silent, and how often it was updated', () => {
    assert.match(updated(0), /\|14:00\|Silent\|/);
    assert.match(updated(1), /\|Silent · 1 update\|/);
    assert.match(updated(1200), /\|Silent · 1,200 updates\|/);
    assert.match(updated(2, 4), /\|Sound · 2 updates\|/);
  });

  test('shows no tag that is not an emoji, as the app', () => {
    assert.match(textOf(cardsOf(published('s', { tags: ['popcorn', 'films', 'tada'] }))), /\|🍿🎉\u00A0s\|/u);
    assert.match(textOf(cardsOf(published('s', { tags: ['films', 'constructor'] }))), /\|s\|42%/);
  });

  test('names the rule of another topic', () => {
    const on = (rule: string | null) => textOf(cardsOf(published('s', { route: 'f1', rule })));
    assert.match(on('films'), /\|ntfy\|rule \|films\|14:00/);
    assert.match(on(null), /\|ntfy\|another topic\|14:00/);
    assert.doesNotMatch(on('films'), /f1/);
    assert.doesNotMatch(textOf(cardsOf(published('s', { rule: 'films' }))), /rule/);
  });

  test('cannot be pressed', () => {
    const card = String(cardsOf(published('s', { buttons: ['Pause', 'Mute', 'Delete'] })));
    assert.match(card, /<span>Pause<\/span> <span>Mute<\/span> <span>Delete<\/span>/);
    assert.doesNotMatch(card, /<(a|button|form|input)\b|href|onclick/);
  });

  test('contains no markup from its texts, which cannot reverse what is around them', () => {
    const shape = shapeOf(cardWith('harmless'));
    for (const text of hostile) {
      assert.equal(shapeOf(cardWith(text)), shape, text);
      assert.equal(textOf(cardWith(text)).split(text.slice(0, 38)).length, 5, text);
    }
    assert.doesNotMatch(
      String(cardWith('gpj.\u202Eexe\u2066\u200F')),
      /[\u202A-\u202E\u2066-\u2069\u200E\u200F]/u,
    );
    assert.match(String(cardWith('עברית')), /<p class="title" dir="auto">.*<p class="message" dir="auto">/s);
  });
});

describe('the phone', () => {
  test('shows those with a sound first, the silent ones under a heading', () => {
    const cards = textOf(cardsOf(published('progress'), published('done', { priority: 4 })));
    assert.match(cards, /\|done\|.*\|Silent\|.*\|progress\|/);
    assert.doesNotMatch(String(cardsOf(published('done', { priority: 4 }))), /<h3/);
  });

  test('counts the messages with and without a sound', () => {
    assert.equal(counts(), '|');
    assert.equal(counts(published('a'), published('a')), '|0 sounds · 2 silent|');
    assert.equal(counts(published('a', { priority: 3 }), published('b')), '|1 sound · 1 silent|');
  });

  test('is empty after a start, and says so', () => {
    const section = textOf(previewSection({ ...clock, preview: previewOf() }));
    assert.match(section, /No notifications since the sidecar started\. Earlier ones/);
    const filled = textOf(previewSection({ ...clock, preview: previewOf(published('s')) }));
    assert.doesNotMatch(filled, /No notifications/);
  });
});
