/** Our own code throws an exception while a message is sent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionOf, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { live, startOutbox } from '../outbox-harness.ts';

const poison = hashOf(1);

describe('an exception of our own code', () => {
  test('is reported as a bug, not as an unreachable server', async () => {
    const outbox = startOutbox();
    const bug = new TypeError('a bug');
    outbox.world.publish = ({ key }) => {
      if (key === poison) throw bug;
      return live;
    };
    outbox.publish(completionOf(poison));
    await outbox.pass(SECOND);
    assert.deepEqual(outbox.failed(), []);
    const [report] = outbox.reportsOf('outbox.crashed');
    assert.equal(report?.error, bug);
    assert.equal(report?.notification?.key, poison);
  });

  test('delays no other message, and its message is sent in the last form', async () => {
    const outbox = startOutbox();
    outbox.world.publish = ({ key }, form) => {
      if (key === poison && form !== 'fixed') throw new Error('a bug');
      return live;
    };
    outbox.publish(completionOf(poison), completionOf(hashOf(2)));
    await outbox.pass(SECOND);
    assert.deepEqual(
      outbox.settled().map(({ notification }) => notification.key),
      [hashOf(2)],
    );
    await outbox.pass(MINUTE);
    assert.deepEqual(outbox.outcomes('completion'), ['accepted', 'accepted']);
    assert.deepEqual(
      outbox.sent.filter(({ notification }) => notification.key === poison).map(({ form }) => form),
      ['full', 'full', 'plain', 'plain', 'fixed'],
    );
  });

  test('for every message loses none, and is retried with a pause', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => {
      throw new Error('a bug');
    };
    for (let n = 0; n < 10; n += 1) outbox.publish(completionOf(hashOf(n)));
    await outbox.pass(HOUR);
    const before = outbox.sent.length;
    await outbox.pass(HOUR);
    assert.ok(outbox.sent.length - before <= 250, `${outbox.sent.length - before} attempts in an hour`);
    outbox.world.publish = () => live;
    await outbox.pass(10 * MINUTE);
    assert.equal(outbox.outcomes('completion').length, 10);
  });

  test('while the allowance is read stops no message', async () => {
    const outbox = startOutbox({ rate: 'auto' });
    outbox.world.allowance = () => {
      throw new Error('a bug');
    };
    outbox.publish(completionOf(poison));
    await outbox.pass(SECOND);
    assert.deepEqual(outbox.outcomes('completion'), ['accepted']);
    assert.deepEqual(
      outbox.reportsOf('outbox.crashed').map(({ notification }) => notification),
      [null],
    );
  });
});
