import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionOf, hashOf, HOUR, MINUTE, progressOf } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { startOutbox } from '../outbox-harness.ts';

const [first, second] = [hashOf(1), hashOf(2)];

describe('the allowance of ntfy', () => {
  const auto = { rate: 'auto' as const };

  test('is requested before the first message, and every ten minutes while messages are sent', async () => {
    const outbox = startOutbox(auto);
    outbox.world.allowance = () => ({ daily: 250, left: 250 });
    outbox.publish(completionOf(first));
    assert.deepEqual([outbox.allowanceRequests.length, outbox.sent.length], [1, 0]);
    for (let minute = 0; minute < 60; minute += 1) {
      await outbox.pass(MINUTE);
      outbox.publish(completionOf(hashOf(minute)));
    }
    assert.equal(outbox.allowanceRequests.length, 6);
    await outbox.pass(24 * HOUR);
    assert.equal(outbox.allowanceRequests.length, 6, 'none while no message is sent');
    assert.deepEqual(timersOf(outbox.clock), []);
  });

  test('is not requested where the rate is set', async () => {
    for (const rate of [10, null]) {
      const outbox = startOutbox({ rate });
      outbox.publish(completionOf(first));
      await outbox.pass(HOUR);
      outbox.publish(completionOf(second));
      await outbox.pass(HOUR);
      assert.deepEqual([outbox.allowanceRequests.length, outbox.sent.length], [0, 2]);
    }
  });

  test('keeps the rest for completions when other clients have used most of it', async () => {
    const outbox = startOutbox(auto);
    outbox.world.allowance = () => ({ daily: 250, left: 250 });
    outbox.publish(progressOf(first, 1));
    await outbox.pass(11 * MINUTE);
    outbox.world.allowance = () => ({ daily: 250, left: 60 });
    outbox.publish(progressOf(first, 2), completionOf(second));
    await outbox.pass(HOUR);
    const kinds = outbox.sent.map(({ notification }) => notification.kind);
    assert.deepEqual(kinds, ['progress', 'completion']);
  });

  test('does not change the budget when ntfy does not report it', async () => {
    const outbox = startOutbox(auto);
    outbox.publish(progressOf(first, 1));
    await outbox.pass(11 * MINUTE);
    outbox.publish(progressOf(first, 2));
    await outbox.pass(MINUTE);
    assert.deepEqual([outbox.allowanceRequests.length, outbox.sent.length], [2, 2]);
  });
});
