import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionOf, hashOf, HOUR, MINUTE, progressOf } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { startOutbox } from '../publishing.ts';

const [first, second] = [hashOf(1), hashOf(2)];

describe('what ntfy allows', () => {
  const auto = { rate: 'auto' as const };

  test('is asked before the first message, and every ten minutes while there is something to say', async () => {
    const outbox = startOutbox(auto);
    outbox.world.allowance = () => ({ daily: 250, left: 250 });
    outbox.tell(completionOf(first));
    assert.deepEqual([outbox.asked.length, outbox.sent.length], [1, 0]);
    for (let minute = 0; minute < 60; minute += 1) {
      await outbox.pass(MINUTE);
      outbox.tell(completionOf(hashOf(minute)));
    }
    assert.equal(outbox.asked.length, 6);
    await outbox.pass(24 * HOUR);
    assert.equal(outbox.asked.length, 6, 'and not while there is nothing');
    assert.deepEqual(timersOf(outbox.clock), []);
  });

  test('is not asked where the rate is set', async () => {
    for (const rate of [10, null]) {
      const outbox = startOutbox({ rate });
      outbox.tell(completionOf(first));
      await outbox.pass(HOUR);
      outbox.tell(completionOf(second));
      await outbox.pass(HOUR);
      assert.deepEqual([outbox.asked.length, outbox.sent.length], [0, 2]);
    }
  });

  test('holds progress back as soon as others have used it up but for the completions', async () => {
    const outbox = startOutbox(auto);
    outbox.world.allowance = () => ({ daily: 250, left: 250 });
    outbox.tell(progressOf(first, 1));
    await outbox.pass(11 * MINUTE);
    outbox.world.allowance = () => ({ daily: 250, left: 60 });
    outbox.tell(progressOf(first, 2), completionOf(second));
    await outbox.pass(HOUR);
    const kinds = outbox.sent.map(({ notification }) => notification.kind);
    assert.deepEqual(kinds, ['progress', 'completion']);
  });

  test('goes on as it was when ntfy does not say', async () => {
    const outbox = startOutbox(auto);
    outbox.tell(progressOf(first, 1));
    await outbox.pass(11 * MINUTE);
    outbox.tell(progressOf(first, 2));
    await outbox.pass(MINUTE);
    assert.deepEqual([outbox.asked.length, outbox.sent.length], [2, 2]);
  });
});
