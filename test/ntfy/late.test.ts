/** A completion that is sent late contains the time of its finish. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderCard } from '../../src/ntfy/card.ts';
import { completionOf } from './cards.ts';

const at = Date.UTC(2026, 10, 23, 14, 32, 30);
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** The last line of a completion that finished this many seconds before it was observed. */
function lastLine(secondsBefore: number | null, timeZone = 'UTC'): string | undefined {
  const finishedAt = secondsBefore === null ? null : at / 1000 - secondsBefore;
  const notification = { ...completionOf({ finishedAt }), at };
  return renderCard(notification, { topic: 't', instance: 'qbit', timeZone }).message.split('\n').at(-1);
}

describe('the time of a completion', () => {
  test('is missing if it is sent immediately, or unknown', () => {
    for (const seconds of [0, 5, 2 * MINUTE, -MINUTE, null])
      assert.match(lastLine(seconds) ?? '', /on average$/);
  });

  test('has no date on the same day', () => {
    assert.equal(lastLine(2 * MINUTE + 1), 'Finished at 14:30.');
    assert.equal(lastLine(14 * 60 * MINUTE), 'Finished at 00:32.');
  });

  test('has the date on another day', () => {
    assert.equal(lastLine(DAY), 'Finished on 22 Nov at 14:32.');
    assert.equal(lastLine(15 * 60 * MINUTE), 'Finished on 22 Nov at 23:32.');
  });

  test('is in the configured time zone, the date included', () => {
    assert.equal(lastLine(10 * MINUTE, 'Europe/Berlin'), 'Finished at 15:22.');
    assert.equal(lastLine(15 * 60 * MINUTE, 'Asia/Tokyo'), 'Finished at 08:32.');
    assert.equal(lastLine(10 * 60 * MINUTE, 'Asia/Tokyo'), 'Finished at 13:32.');
    assert.equal(lastLine(13 * 60 * MINUTE, 'America/New_York'), 'Finished on 22 Nov at 20:32.');
  });
});
