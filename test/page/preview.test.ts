/** The cards that the page shows as the phone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_PREVIEW_CARDS, createPhonePreview } from '../../src/page/preview.ts';
import type { PhonePreview } from '../../src/page/preview.ts';
import { createPhone } from '../../src/simulator/index.ts';
import { mulberry32 } from '../mulberry32.ts';
import { deleted, published } from './preview-changes.ts';

const titles = (preview: PhonePreview) => preview.list().map(({ title }) => title);

const alert = (message: string) => published('alert', { priority: 4, message });
const texts = (cards: ReadonlyArray<{ message?: string; updates: number }>) =>
  cards.map(({ message, updates }) => `${message} ${updates}`).toSorted();

describe('the preview', () => {
  test('has the newest first among those of one priority, and is not sorted again by updates', () => {
    const preview = createPhonePreview();
    for (const [title, priority] of [
      ['progress', 2],
      ['completion', 4],
      ['more progress', 2],
      ['incident', 5],
      ['last completion', 4],
    ] as const)
      preview.onAccepted(published(title, { priority }));
    const order = ['incident', 'last completion', 'completion', 'more progress', 'progress'];
    assert.deepEqual(titles(preview), order);
    preview.onAccepted(published('progress'));
    assert.deepEqual(titles(preview), order);
  });

  test('updates a card in place, and makes one sound until it is deleted', () => {
    const preview = createPhonePreview(() => 5000);
    preview.onAccepted(alert('first'));
    preview.onAccepted(alert('second'));
    const [card] = preview.list();
    assert.deepEqual(
      [card?.message, card?.updates, card?.hasSounded, card?.at, preview.sounds, preview.silent],
      ['second', 1, true, 5000, 1, 1],
    );
    preview.onAccepted(deleted('alert'));
    assert.deepEqual(preview.list(), []);
    preview.onAccepted(deleted('alert'));
    preview.onAccepted(alert('again'));
    assert.deepEqual([preview.list()[0]?.updates, preview.sounds], [0, 2]);
    assert.notEqual(preview.list()[0]?.id, card?.id);
  });

  test('remembers the sound of a card that became silent', () => {
    const preview = createPhonePreview();
    preview.onAccepted(published('incident', { priority: 4 }));
    preview.onAccepted(published('incident', { priority: 2, title: 'resolved' }));
    const [card] = preview.list();
    assert.deepEqual([card?.title, card?.hasSounded, card?.priority], ['resolved', true, 2]);
  });

  test('has one card per message of a server without sequence IDs', () => {
    const preview = createPhonePreview();
    const old = () => preview.onAccepted(published('milestone', { isUpdated: false }));
    old();
    old();
    preview.onAccepted(deleted('milestone'));
    assert.equal(preview.list().length, 2);
  });

  test('has a card of each topic, and knows the rule of it until an update names another', () => {
    const preview = createPhonePreview();
    preview.onAccepted(published('summary'));
    preview.onAccepted(published('summary', { route: 'f1', rule: 'films' }));
    preview.onAccepted(published('summary', { route: 'f1', rule: null }));
    preview.onAccepted(published('summary', { route: 'f2', rule: null }));
    assert.deepEqual(
      preview.list().map(({ topic }) => topic),
      [{ rule: null }, { rule: 'films' }, 'default'],
    );
    preview.onAccepted({ ...deleted('summary'), route: 'f1' });
    assert.equal(preview.list().length, 2);
  });

  test('is bounded, and ten thousand torrents push out no completion', () => {
    const preview = createPhonePreview();
    for (let n = 0; n < 50; n += 1) preview.onAccepted(published(`completion ${n}`, { priority: 4 }));
    for (let round = 0; round < 2; round += 1)
      for (let n = 0; n < 10_000; n += 1) preview.onAccepted(published(`torrent ${n}`));
    const cards = preview.list();
    assert.equal(cards.filter(({ priority }) => priority === 4).length, 50);
    assert.equal(cards.length, 50 + MAX_PREVIEW_CARDS);
    for (let n = 0; n < 1000; n += 1) preview.onAccepted(published(`late ${n}`, { priority: 4 }));
    assert.equal(preview.list().length, 2 * MAX_PREVIEW_CARDS);
    assert.equal(preview.list()[0]?.title, 'late 999');
  });

  test('forgets first what was not published for the longest time', () => {
    const preview = createPhonePreview(Date.now, 3);
    for (const title of ['old', 'new', 'newer', 'old', 'newest']) preview.onAccepted(published(title));
    assert.deepEqual(titles(preview), ['newest', 'newer', 'old']);
  });

  test('cuts long texts', () => {
    const preview = createPhonePreview();
    const long = 'ü'.repeat(4000);
    preview.onAccepted(published('long', { title: long, message: long, buttons: [long] }));
    const [card] = preview.list();
    assert.ok(Buffer.byteLength(JSON.stringify(card)) < 2000);
    assert.match(card?.message ?? '', /^ü+…$/);
  });

  test('is empty after all were dismissed', () => {
    const preview = createPhonePreview();
    preview.onAccepted(published('one', { priority: 4 }));
    const { version } = preview;
    preview.clear();
    assert.deepEqual([preview.list(), preview.sounds], [[], 1]);
    assert.ok(preview.version > version);
  });

  test('has the cards and sounds of the simulated phone, whatever happens', () => {
    const random = mulberry32(7);
    const pick = (count: number) => Math.floor(random() * count);
    const [preview, phone] = [createPhonePreview(Date.now, 1000), createPhone()];
    for (let n = 0; n < 2000; n += 1) {
      const [route, sequence, priority] = [`r${pick(2)}`, `s${pick(9)}`, pick(5) + 1];
      const event = { id: `${n}`, time: n, expires: n, topic: route, sequence_id: sequence };
      if (pick(4) === 0) {
        preview.onAccepted({ ...deleted(sequence), route });
        phone.receive({ ...event, event: 'message_delete' });
      } else {
        preview.onAccepted(published(sequence, { route, priority, message: `${n}` }));
        phone.receive({ ...event, event: 'message', priority, message: `${n}` });
      }
      assert.deepEqual(texts(preview.list()), texts(phone.cards()));
      assert.equal(preview.sounds, phone.sounds.length);
    }
  });
});
