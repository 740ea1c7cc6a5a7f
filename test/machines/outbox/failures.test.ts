import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, Notification } from '../../../machines/domain.ts';
import { mulberry32 } from '../../mulberry32.ts';
import { completionOf, hashOf, HOUR, MINUTE, progressOf, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { cardDeleteOf, live, startOutbox } from '../outbox-harness.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const fail = (kind: Failure['kind']) => () => ({ ok: false, failure: { kind, message: kind } }) as const;

const pauses: { kind: Failure['kind']; least: number; most: number }[] = [
  { kind: 'unreachable', least: SECOND, most: 2 * SECOND },
  { kind: 'broken', least: SECOND, most: 2 * SECOND },
  { kind: 'protocol', least: SECOND, most: 2 * SECOND },
  { kind: 'limited', least: 5 * SECOND, most: 20 * SECOND },
  { kind: 'unauthorized', least: 5 * MINUTE, most: 5 * MINUTE },
  { kind: 'misdirected', least: SECOND, most: 2 * SECOND },
  { kind: 'exhausted', least: HOUR, most: HOUR },
];

for (const { kind, least, most } of pauses) {
  test(`an ntfy that answers "${kind}" receives the next request after ${least / SECOND} to ${most / SECOND} s, however many messages wait`, async () => {
    const outbox = startOutbox();
    outbox.world.publish = fail(kind);
    outbox.publish(completionOf(first));
    await outbox.pass(50);
    assert.deepEqual(outbox.failed(), [{ type: 'outbox.failed', failure: { kind, message: kind } }]);
    for (let n = 10; n < 20; n += 1) outbox.publish(completionOf(hashOf(n)), progressOf(hashOf(n + 10), 5));
    await outbox.pass(least - 51);
    assert.equal(outbox.sent.length, 1);
    outbox.world.publish = () => live;
    await outbox.pass(most - least + 51 + 1100);
    assert.ok(outbox.sent.length > 1);
  });
}

test('a refusal slows down progress, once for all four messages in flight', async () => {
  const outbox = startOutbox();
  outbox.publish(completionOf(first));
  await outbox.pass(2 * SECOND);
  outbox.world.publish = fail('limited');
  outbox.publish(...[10, 11, 12, 13].map((n) => progressOf(hashOf(n), 5)));
  await outbox.pass(SECOND);
  assert.equal(outbox.sent.length, 5);
  assert.equal(outbox.actor.getSnapshot().context.budget.pace, 1 / 4);
});

test('an unavailable ntfy receives requests with exponential backoff up to five minutes', async () => {
  const outbox = startOutbox();
  outbox.world.publish = fail('unreachable');
  outbox.publish(completionOf(first));
  await outbox.pass(6 * HOUR);
  const gaps = outbox.sent.slice(1).map(({ at }, index) => at - (outbox.sent[index]?.at ?? 0) - 50);
  for (const [index, gap] of gaps.entries()) {
    const full = Math.min(5 * MINUTE, 2 * SECOND * 2 ** index);
    assert.ok(gap >= Math.min(1100, full / 2) && gap <= full + 1100, `pause ${index} is ${gap} ms`);
  }
  assert.ok(outbox.sent.length > 70);
});

test('after a success the backoff starts again', async () => {
  const outbox = startOutbox();
  outbox.world.publish = fail('unreachable');
  outbox.publish(completionOf(first));
  await outbox.pass(HOUR);
  outbox.world.publish = () => live;
  await outbox.pass(10 * MINUTE);
  outbox.world.publish = fail('unreachable');
  outbox.publish(completionOf(second));
  await outbox.pass(10 * SECOND);
  const tries = outbox.sent.filter(({ notification }) => notification.key === second).length;
  assert.ok(tries >= 3, `${tries} tries in ten seconds`);
});

describe('a message that ntfy could not accept', () => {
  test('is sent once ntfy works again, in its newest version only', async () => {
    const outbox = startOutbox();
    outbox.world.publish = fail('unreachable');
    for (let percent = 0; percent < 50; percent += 1) {
      outbox.publish(progressOf(first, percent));
      await outbox.pass(5 * SECOND);
    }
    outbox.world.publish = () => live;
    const before = outbox.sent.length;
    await outbox.pass(10 * MINUTE);
    const after = outbox.sent.slice(before).map(({ notification }) => notification);
    assert.deepEqual(
      after.map((notification) => notification.kind === 'progress' && notification.card.percent),
      [49],
    );
  });

  test('is never sent after its card was deleted', async () => {
    const outbox = startOutbox();
    outbox.world.publish = fail('unreachable');
    outbox.publish(progressOf(first, 10));
    await outbox.pass(10 * SECOND);
    outbox.publish(cardDeleteOf(first));
    outbox.world.publish = () => live;
    await outbox.pass(HOUR);
    assert.equal(outbox.sent.at(-1)?.notification.kind, 'card-delete');
  });

  test('is never sent after its completion', async () => {
    const outbox = startOutbox();
    outbox.world.latency = 5 * SECOND;
    outbox.world.publish = fail('unreachable');
    outbox.publish(progressOf(first, 10));
    await outbox.pass(SECOND);
    outbox.publish(completionOf(first));
    await outbox.pass(4 * SECOND);
    outbox.world.publish = () => live;
    await outbox.pass(HOUR);
    assert.deepEqual(
      outbox.sent.map(({ notification }) => notification.kind),
      ['progress', 'completion'],
    );
    assert.deepEqual(outbox.outcomes('progress'), ['superseded']);
  });
});

for (const seed of [1, 2, 3, 4, 5]) {
  test(`no completion is lost and none is accepted twice, whatever fails (seed ${seed})`, async () => {
    const random = mulberry32(seed);
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
    const outbox = startOutbox();
    const kinds: Failure['kind'][] = [
      'unreachable',
      'broken',
      'limited',
      'protocol',
      'exhausted',
      'unauthorized',
    ];
    const arrived: Notification[] = [];
    let broken = true;
    outbox.world.publish = (notification) => {
      if (broken && random() < 0.4) return fail(pick(kinds))();
      arrived.push(notification);
      return live;
    };
    for (let n = 0; n < 150; n += 1) {
      const hash = hashOf(n);
      outbox.world.latency = pick([1, 50, 3000]);
      for (const percent of [10, 40, 70]) if (random() < 0.6) outbox.publish(progressOf(hash, percent));
      await outbox.pass(pick([0, 500, 2000, 60_000]));
      outbox.publish(completionOf(hash));
      if (random() < 0.3) await outbox.pass(pick([500, 5000]));
    }
    await outbox.pass(HOUR);
    broken = false;
    await outbox.pass(8 * HOUR);
    const completions = arrived.filter(({ kind }) => kind === 'completion');
    assert.equal(completions.length, 150);
    assert.equal(new Set(completions.map(({ key }) => key)).size, 150);
    assert.deepEqual(new Set(outbox.outcomes('completion')), new Set(['accepted']));
    const seen = new Set<string>();
    for (const { kind, key } of arrived) {
      assert.ok(!(kind === 'progress' && seen.has(key)), 'progress after its completion');
      if (kind === 'completion') seen.add(key);
    }
    assert.deepEqual(timersOf(outbox.clock), []);
  });
}
