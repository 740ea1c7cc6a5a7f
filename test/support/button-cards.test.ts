/** The instant at which the Android app handles the answer decides, however late the test's process is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NtfyMessage } from '../servers/index.ts';
import { createButtonCards } from './button-cards.ts';

const version = (id: string, fields: Partial<NtfyMessage> = {}): NtfyMessage => ({
  id,
  sequence_id: 'card',
  time: 0,
  event: 'message',
  topic: 'cards',
  message: id,
  actions: [
    { id: `${id}-1`, action: 'http', label: 'Pause', clear: true, url: 'http://127.0.0.1/c', body: 'b' },
  ],
  ...fields,
});

/** A card that was pressed at 100 and updated at 200, and the answer to the press. */
function pressed() {
  const cards = createButtonCards('android');
  cards.receive(version('old'), 0);
  const { answered } = cards.press('card', 'Pause');
  cards.receive(version('new'), 200);
  return { cards, answered };
}

test('an update that was received before that instant is overwritten', () => {
  const { cards, answered } = pressed();
  answered(500, 200);
  assert.equal(cards.shown('card')?.message, 'old');
  assert.deepEqual(cards.shown('card')?.errors, ['Pause failed: HTTP 500']);
});

test('an update that was received after that instant stays', () => {
  const { cards, answered } = pressed();
  answered(500, 199);
  assert.equal(cards.shown('card')?.message, 'new');
  assert.deepEqual(
    cards.listed('card').map(({ id }) => id),
    ['new'],
  );
});

test('a button that clears removes a newer version, too, unless it was received after that instant', () => {
  const late = pressed();
  late.answered(200, 200);
  assert.equal(late.cards.shown('card'), null);
  const early = pressed();
  early.answered(200, 199);
  assert.equal(early.cards.shown('card')?.message, 'new');
});

test('a message that is received twice changes nothing, and makes no second sound', () => {
  const cards = createButtonCards('android');
  for (const id of ['one', 'two', 'one']) cards.receive(version(id));
  cards.receive(version('gone', { event: 'message_delete' }));
  cards.receive(version('two'));
  assert.equal(cards.shown('card'), null);
  assert.deepEqual(
    cards.sounds.map(({ id }) => id),
    ['one'],
  );
});

test('a message without a sequence ID is a card of its own', () => {
  const cards = createButtonCards('android');
  const single = version('single');
  delete single.sequence_id;
  cards.receive(single);
  assert.equal(cards.shown('single')?.message, 'single');
});
