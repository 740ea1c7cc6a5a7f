/** Sidecars that know nothing of each other, behind one address: for ntfy they are one visitor. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { countBySender, resultOf, startCrowd } from '../crowd.ts';
import { HOUR, MINUTE, SECOND } from '../fixtures.ts';

type Result = ReturnType<typeof resultOf>;
const share = (values: readonly number[], part: number) =>
  values[Math.floor((values.length - 1) * part)] ?? 0;
const longest = ({ waits }: Result) => waits.findLast((wait) => wait !== Infinity) ?? Infinity;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('fifty that want seven times what ntfy allows', () => {
  const senders = 50;
  let whole: Result;
  let settled: Result;
  before(async () => {
    const crowd = startCrowd({ senders, length: HOUR });
    await crowd.run(4 * HOUR);
    whole = resultOf(crowd);
    settled = resultOf(crowd, HOUR);
  });

  test('each tell every completion, nearly all of them within a minute', () => {
    assert.ok(whole.waits.length > 150);
    assert.ok(share(settled.waits, 0.9) <= MINUTE, `${share(settled.waits, 0.9)} ms`);
    assert.ok(longest(settled) <= 3 * MINUTE, `${longest(settled)} ms`);
    assert.ok(longest(whole) <= 10 * MINUTE, `${longest(whole)} ms while they learn it`);
    assert.ok(
      whole.waits.filter((wait) => wait === Infinity).length <= 2,
      'but for those of the last moment',
    );
  });

  test('take the progress cards away: nearly all within half an hour, all within the hour', () => {
    const { stays } = settled;
    assert.ok(stays.length > 100);
    assert.ok(share(stays, 0.95) <= 30 * MINUTE, `${share(stays, 0.95)} ms`);
    assert.ok(Math.max(...stays) <= HOUR, `${Math.max(...stays)} ms`);
  });

  test('use what ntfy allows, and are refused no more than five times an hour each', () => {
    assert.ok(settled.accepted.length >= 0.9 * 3 * 720, `${settled.accepted.length} in three hours`);
    const refused = countBySender(settled.refused, senders);
    assert.ok(Math.max(...refused) <= 15, `${Math.max(...refused)} refusals in three hours`);
  });

  test('are never refused more than once a minute and sender, not even in the beginning', () => {
    const minutes = Map.groupBy(whole.refused, ({ at }) => Math.floor(at / MINUTE));
    const worst = Math.max(...[...minutes.values()].map(({ length }) => length));
    assert.ok(worst <= senders, `${worst} refusals in a minute`);
  });

  test('end at similar shares', () => {
    const counts = countBySender(settled.accepted, senders).toSorted((a, b) => a - b);
    const fair = sum(counts) / senders;
    assert.ok(Math.min(...counts) >= fair / 5, `the least got ${Math.min(...counts)} of ${fair}`);
    assert.ok(Math.max(...counts) <= fair * 3, `the most got ${Math.max(...counts)} of ${fair}`);
  });
});

test('fifty that complete in the same moment are all told as fast as ntfy takes them', async () => {
  const crowd = startCrowd({ senders: 50, length: HOUR, inStep: true });
  await crowd.run(HOUR + 10 * MINUTE);
  const { waits } = resultOf(crowd);
  assert.equal(waits.length, 50);
  // 50 at one per 5 s are 250 s; the last pauses are as long again at most.
  assert.ok((waits.at(-1) ?? Infinity) <= 500 * SECOND, `the last waited ${waits.at(-1)} ms`);
});

test('one that has the address to itself again is back at its full rate within the hour', async () => {
  const crowd = startCrowd({ senders: 20, torrents: 5, length: HOUR });
  await crowd.run(2 * HOUR);
  await crowd.run(HOUR, (sender) => sender === 0);
  const from = crowd.clock.now();
  await crowd.run(30 * MINUTE, (sender) => sender === 0);
  const { accepted, refused } = resultOf(crowd, from);
  assert.equal(refused.length, 0);
  // Five torrents an hour have 8 percents a minute to tell.
  assert.ok(accepted.length >= 200, `${accepted.length} messages in half an hour`);
});

test('a lone sender is never refused', async () => {
  const crowd = startCrowd({ senders: 1, torrents: 20, length: 30 * MINUTE });
  await crowd.run(4 * HOUR);
  assert.equal(resultOf(crowd).refused.length, 0);
});

for (const senders of [2, 5]) {
  test(`${senders} that share 250 messages a day never let a completion wait for midnight`, async () => {
    const crowd = startCrowd({ senders, length: 2 * HOUR, daily: 250 });
    await crowd.run(48 * HOUR);
    const { waits, refused } = resultOf(crowd);
    assert.ok(waits.length > 20 * senders);
    assert.ok((waits.at(-1) ?? Infinity) <= 5 * SECOND, `one waited ${waits.at(-1)} ms`);
    assert.equal(refused.length, 0);
    assert.ok(crowd.left() > 0);
  });
}
