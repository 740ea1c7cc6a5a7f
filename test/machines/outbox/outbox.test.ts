import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionOf, failure, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { cardDeleteOf, live, notLive, startOutbox } from '../outbox-harness.ts';

const [first, second] = [hashOf(1), hashOf(2)];
const hashes = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

test('an empty outbox has no timer and sends no message', async () => {
  const outbox = startOutbox();
  await outbox.pass(24 * HOUR);
  outbox.publish(progressOf(first, 10));
  await outbox.pass(HOUR);
  assert.equal(outbox.sent.length, 1);
  assert.deepEqual(timersOf(outbox.clock), []);
});

test('a notification is sent at once, and reported as accepted', async () => {
  const outbox = startOutbox();
  const notification = progressOf(first, 10);
  outbox.publish(notification);
  assert.deepEqual(outbox.sent, [{ at: 0, notification, form: 'full' }]);
  await outbox.pass(50);
  assert.deepEqual(outbox.reports, [
    { type: 'notification.settled', notification, outcome: 'accepted', failure: null },
  ]);
});

describe('in flight', () => {
  test('there is only one message until ntfy has answered for the first time', async () => {
    const outbox = startOutbox();
    outbox.publish(...hashes(10).map((hash) => progressOf(hash, 10)));
    await outbox.pass(49);
    assert.equal(outbox.maxInFlight(), 1);
    await outbox.pass(SECOND);
    assert.equal(outbox.maxInFlight(), 4);
    assert.equal(outbox.sent.length, 10);
  });

  test('there is only one message to an old ntfy', async () => {
    const outbox = startOutbox({ progress: 'cards' });
    outbox.world.publish = () => notLive;
    outbox.publish(...hashes(10).map((hash) => completionOf(hash)));
    await outbox.pass(MINUTE);
    assert.equal(outbox.maxInFlight(), 1);
    assert.equal(outbox.sent.length, 10);
  });

  test('there are up to four messages also after an answer that could not be read', async () => {
    const outbox = startOutbox();
    outbox.publish(progressOf(first, 10));
    await outbox.pass(MINUTE);
    outbox.world.publish = () => ({ ok: true, value: { live: null } });
    outbox.publish(progressOf(first, 20));
    await outbox.pass(MINUTE);
    outbox.publish(...hashes(10).map((hash) => progressOf(hash, 30)));
    await outbox.pass(MINUTE);
    assert.deepEqual([outbox.maxInFlight(), outbox.sent.length], [4, 12]);
  });

  test('there is only one message of a torrent; the next is sent 1.1 s after the answer', async () => {
    const outbox = startOutbox();
    outbox.world.latency = 5 * SECOND;
    outbox.publish(progressOf(first, 10));
    outbox.publish(progressOf(first, 20));
    await outbox.pass(MINUTE);
    assert.deepEqual(
      outbox.sent.map(({ at }) => at),
      [0, 5 * SECOND + 1100],
    );
  });

  test('a message that waits for the minimum interval of its card delays no other', async () => {
    const outbox = startOutbox();
    outbox.publish(progressOf(first, 10));
    await outbox.pass(50);
    outbox.publish(progressOf(first, 20), progressOf(second, 10));
    await outbox.pass(0);
    assert.deepEqual(
      outbox.sent.map(({ notification }) => notification.key),
      [first, second],
    );
  });
});

test('newer progress replaces waiting progress: of 99 percents two are sent', async () => {
  const outbox = startOutbox();
  for (let percent = 0; percent < 99; percent += 1) outbox.publish(progressOf(first, percent));
  await outbox.pass(MINUTE);
  assert.deepEqual(
    outbox.sent.map(({ notification }) => notification.kind === 'progress' && notification.card.percent),
    [0, 98],
  );
});

describe('the order', () => {
  test('is completions, then card deletions, then progress', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => failure('unreachable');
    outbox.publish(progressOf(hashOf(0), 10));
    await outbox.pass(50);
    outbox.publish(
      ...hashes(30)
        .slice(1, 10)
        .map((hash) => progressOf(hash, 10)),
    );
    outbox.publish(
      ...hashes(30)
        .slice(10, 20)
        .map((hash) => cardDeleteOf(hash)),
    );
    outbox.publish(
      ...hashes(30)
        .slice(20, 30)
        .map((hash) => completionOf(hash)),
    );
    outbox.world.publish = () => live;
    await outbox.pass(MINUTE);
    const kinds = outbox.sent.slice(1).map(({ notification }) => notification.kind);
    const expected = ['completion', 'card-delete', 'progress'].flatMap((kind) =>
      Array.from({ length: 10 }, () => kind),
    );
    assert.deepEqual(kinds, expected);
  });

  test('puts a completion before a hundred cards that wait for the budget', async () => {
    const outbox = startOutbox();
    outbox.publish(...hashes(200).map((hash) => progressOf(hash, 10)));
    await outbox.pass(10 * SECOND);
    outbox.publish(completionOf(hashOf(150)));
    await outbox.pass(0);
    assert.equal(outbox.sent.at(-1)?.notification.kind, 'completion');
  });
});

describe('the budget', () => {
  test('allows forty cards at once, then ten a minute', async () => {
    const outbox = startOutbox();
    outbox.publish(...hashes(200).map((hash) => progressOf(hash, 10)));
    await outbox.pass(SECOND);
    assert.equal(outbox.sent.length, 40);
    await outbox.pass(10 * MINUTE);
    assert.ok(Math.abs(outbox.sent.length - 140) <= 1, `${outbox.sent.length} in ten minutes`);
  });

  test('keeps ten messages in reserve for completions', async () => {
    const outbox = startOutbox();
    outbox.publish(...hashes(100).map((hash) => progressOf(hash, 10)));
    await outbox.pass(SECOND);
    outbox.publish(
      ...hashes(120)
        .slice(100)
        .map((hash) => completionOf(hash)),
    );
    await outbox.pass(SECOND);
    const kinds = outbox.sent.map(({ notification }) => notification.kind);
    assert.equal(kinds.filter((kind) => kind === 'completion').length, 10);
  });

  test('does not exist where no limit is set', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.publish(...hashes(1000).map((hash) => progressOf(hash, 10)));
    await outbox.pass(MINUTE);
    assert.equal(outbox.sent.length, 1000);
  });
});

/** Publishes every percent of a download, one after the other. */
const publishAll = async (outbox: ReturnType<typeof startOutbox>) => {
  for (let percent = 0; percent < 99; percent += 1) {
    outbox.publish(progressOf(first, percent));
    await outbox.pass(10 * SECOND);
  }
};

describe('an ntfy that is older than 2.16', () => {
  test('receives one message for each quarter after the first message, whose answer shows its version', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => notLive;
    await publishAll(outbox);
    assert.deepEqual(
      outbox.sent.map(({ notification }) => notification.kind === 'progress' && notification.card.percent),
      [0, 25, 50, 75],
    );
    assert.equal(outbox.settled().length, 99, 'each notification is settled');
  });

  test('receives every message with PROGRESS=cards', async () => {
    const outbox = startOutbox({ progress: 'cards' });
    outbox.world.publish = () => notLive;
    await publishAll(outbox);
    assert.equal(outbox.sent.length, 99);
  });

  test('receives no deletions, which it does not support', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => notLive;
    outbox.publish(completionOf(first));
    await outbox.pass(2 * SECOND);
    outbox.publish(cardDeleteOf(first));
    await outbox.pass(MINUTE);
    assert.deepEqual(outbox.outcomes('card-delete'), ['accepted']);
    assert.equal(outbox.sent.length, 1);
  });
});

test('a new ntfy receives only quarters with PROGRESS=milestones', async () => {
  const outbox = startOutbox({ progress: 'milestones' });
  await publishAll(outbox);
  assert.equal(outbox.sent.length, 3);
});
