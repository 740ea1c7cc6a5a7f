import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionOf, failure, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { cardDeleteOf, live, notLive, startOutbox } from '../publishing.ts';

const [first, second] = [hashOf(1), hashOf(2)];
const hashes = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

test('an outbox with nothing to say has no timer and sends nothing', async () => {
  const outbox = startOutbox();
  await outbox.pass(24 * HOUR);
  outbox.tell(progressOf(first, 10));
  await outbox.pass(HOUR);
  assert.equal(outbox.sent.length, 1);
  assert.deepEqual(timersOf(outbox.clock), []);
});

test('a notification leaves at once, and its torrent hears that ntfy has it', async () => {
  const outbox = startOutbox();
  const notification = progressOf(first, 10);
  outbox.tell(notification);
  assert.deepEqual(outbox.sent, [{ at: 0, notification, form: 'full' }]);
  await outbox.pass(50);
  assert.deepEqual(outbox.heard, [
    { type: 'notification.settled', notification, outcome: 'accepted', failure: null },
  ]);
});

describe('at the same time', () => {
  test('only one is on its way until ntfy has answered for the first time', async () => {
    const outbox = startOutbox();
    outbox.tell(...hashes(10).map((hash) => progressOf(hash, 10)));
    await outbox.pass(49);
    assert.equal(outbox.most(), 1);
    await outbox.pass(SECOND);
    assert.equal(outbox.most(), 4);
    assert.equal(outbox.sent.length, 10);
  });

  test('only one is on its way to an ntfy that is old', async () => {
    const outbox = startOutbox({ progress: 'live' });
    outbox.world.publish = () => notLive;
    outbox.tell(...hashes(10).map((hash) => completionOf(hash)));
    await outbox.pass(MINUTE);
    assert.equal(outbox.most(), 1);
    assert.equal(outbox.sent.length, 10);
  });

  test('four are, too, after an answer that could not be read', async () => {
    const outbox = startOutbox();
    outbox.tell(progressOf(first, 10));
    await outbox.pass(MINUTE);
    outbox.world.publish = () => ({ ok: true, value: { live: null } });
    outbox.tell(progressOf(first, 20));
    await outbox.pass(MINUTE);
    outbox.tell(...hashes(10).map((hash) => progressOf(hash, 30)));
    await outbox.pass(MINUTE);
    assert.deepEqual([outbox.most(), outbox.sent.length], [4, 12]);
  });

  test('never two of one torrent are on their way; the second comes 1.1 s after the first', async () => {
    const outbox = startOutbox();
    outbox.world.latency = 5 * SECOND;
    outbox.tell(progressOf(first, 10));
    outbox.tell(progressOf(first, 20));
    await outbox.pass(MINUTE);
    assert.deepEqual(
      outbox.sent.map(({ at }) => at),
      [0, 5 * SECOND + 1100],
    );
  });

  test('a torrent that waits for its card to be old enough holds up no other', async () => {
    const outbox = startOutbox();
    outbox.tell(progressOf(first, 10));
    await outbox.pass(50);
    outbox.tell(progressOf(first, 20), progressOf(second, 10));
    await outbox.pass(0);
    assert.deepEqual(
      outbox.sent.map(({ notification }) => notification.key),
      [first, second],
    );
  });
});

test('what is newer takes the place of what waits: of a hundred percents two are sent', async () => {
  const outbox = startOutbox();
  for (let percent = 0; percent < 99; percent += 1) outbox.tell(progressOf(first, percent));
  await outbox.pass(MINUTE);
  assert.deepEqual(
    outbox.sent.map(({ notification }) => notification.kind === 'progress' && notification.card.percent),
    [0, 98],
  );
});

describe('the order', () => {
  test('is completions, then cards that go, then progress', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => failure('unreachable');
    outbox.tell(progressOf(hashOf(0), 10));
    await outbox.pass(50);
    outbox.tell(
      ...hashes(30)
        .slice(1, 10)
        .map((hash) => progressOf(hash, 10)),
    );
    outbox.tell(
      ...hashes(30)
        .slice(10, 20)
        .map((hash) => cardDeleteOf(hash)),
    );
    outbox.tell(
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

  test('lets a completion overtake a hundred cards that wait for the budget', async () => {
    const outbox = startOutbox();
    outbox.tell(...hashes(200).map((hash) => progressOf(hash, 10)));
    await outbox.pass(10 * SECOND);
    outbox.tell(completionOf(hashOf(150)));
    await outbox.pass(0);
    assert.equal(outbox.sent.at(-1)?.notification.kind, 'completion');
  });
});

describe('the budget', () => {
  test('lets forty cards leave at once, then ten a minute', async () => {
    const outbox = startOutbox();
    outbox.tell(...hashes(200).map((hash) => progressOf(hash, 10)));
    await outbox.pass(SECOND);
    assert.equal(outbox.sent.length, 40);
    await outbox.pass(10 * MINUTE);
    assert.ok(Math.abs(outbox.sent.length - 140) <= 1, `${outbox.sent.length} in ten minutes`);
  });

  test('keeps ten messages in reserve for completions', async () => {
    const outbox = startOutbox();
    outbox.tell(...hashes(100).map((hash) => progressOf(hash, 10)));
    await outbox.pass(SECOND);
    outbox.tell(
      ...hashes(120)
        .slice(100)
        .map((hash) => completionOf(hash)),
    );
    await outbox.pass(SECOND);
    const kinds = outbox.sent.map(({ notification }) => notification.kind);
    assert.equal(kinds.filter((kind) => kind === 'completion').length, 10);
  });

  test('is none where nobody limits it', async () => {
    const outbox = startOutbox({ rate: null });
    outbox.tell(...hashes(1000).map((hash) => progressOf(hash, 10)));
    await outbox.pass(MINUTE);
    assert.equal(outbox.sent.length, 1000);
  });
});

/** Every percent of a download, one after the other. */
const tellAll = async (outbox: ReturnType<typeof startOutbox>) => {
  for (let percent = 0; percent < 99; percent += 1) {
    outbox.tell(progressOf(first, percent));
    await outbox.pass(10 * SECOND);
  }
};

describe('an ntfy that is older than 2.16', () => {
  test('gets a message for each quarter after the first, by which it is known', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => notLive;
    await tellAll(outbox);
    assert.deepEqual(
      outbox.sent.map(({ notification }) => notification.kind === 'progress' && notification.card.percent),
      [0, 25, 50, 75],
    );
    assert.equal(outbox.told().length, 99, 'each torrent hears what became of each of its news');
  });

  test('gets everything where the settings say so', async () => {
    const outbox = startOutbox({ progress: 'live' });
    outbox.world.publish = () => notLive;
    await tellAll(outbox);
    assert.equal(outbox.sent.length, 99);
  });

  test('is not asked to delete what it can not delete', async () => {
    const outbox = startOutbox();
    outbox.world.publish = () => notLive;
    outbox.tell(completionOf(first));
    await outbox.pass(2 * SECOND);
    outbox.tell(cardDeleteOf(first));
    await outbox.pass(MINUTE);
    assert.deepEqual(outbox.outcomes('card-delete'), ['accepted']);
    assert.equal(outbox.sent.length, 1);
  });
});

test('a new ntfy gets quarters only where the settings say so', async () => {
  const outbox = startOutbox({ progress: 'milestones' });
  await tellAll(outbox);
  assert.equal(outbox.sent.length, 3);
});
