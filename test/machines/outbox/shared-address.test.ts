/** Independent sidecars with one address: ntfy applies its limits to all of them together. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { countBySender, resultOf, startOutboxes } from '../many-outboxes.ts';
import { HOUR, MINUTE, SECOND } from '../fixtures.ts';

type Result = ReturnType<typeof resultOf>;
const share = (values: readonly number[], part: number) =>
  values[Math.floor((values.length - 1) * part)] ?? 0;
const longest = ({ waits }: Result) => waits.findLast((wait) => wait !== Infinity) ?? Infinity;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('fifty sidecars with seven times as many messages as ntfy allows', () => {
  const senders = 50;
  let whole: Result;
  let settled: Result;
  before(async () => {
    const outboxes = startOutboxes({ senders, length: HOUR });
    await outboxes.run(4 * HOUR);
    whole = resultOf(outboxes);
    settled = resultOf(outboxes, HOUR);
  });

  test('publish every completion, nine of ten within a minute', () => {
    assert.ok(whole.waits.length > 150);
    assert.ok(share(settled.waits, 0.9) <= MINUTE, `${share(settled.waits, 0.9)} ms`);
    assert.ok(longest(settled) <= 3 * MINUTE, `${longest(settled)} ms`);
    assert.ok(longest(whole) <= 10 * MINUTE, `${longest(whole)} ms at the beginning`);
    assert.ok(
      whole.waits.filter((wait) => wait === Infinity).length <= 2,
      'only the last completions still wait',
    );
  });

  test('delete the progress cards: nearly all within half an hour, all within an hour', () => {
    const { deletionDelays: delays } = settled;
    assert.ok(delays.length > 100);
    assert.ok(share(delays, 0.95) <= 30 * MINUTE, `${share(delays, 0.95)} ms`);
    assert.ok(Math.max(...delays) <= HOUR, `${Math.max(...delays)} ms`);
  });

  test('use what ntfy allows, and each is refused at most five times an hour', () => {
    assert.ok(settled.accepted.length >= 0.9 * 3 * 720, `${settled.accepted.length} in three hours`);
    const refused = countBySender(settled.refused, senders);
    assert.ok(Math.max(...refused) <= 15, `${Math.max(...refused)} refusals in three hours`);
  });

  test('are never refused more than once a minute each on average, also at the beginning', () => {
    const minutes = Map.groupBy(whole.refused, ({ at }) => Math.floor(at / MINUTE));
    const worst = Math.max(...[...minutes.values()].map(({ length }) => length));
    assert.ok(worst <= senders, `${worst} refusals in a minute`);
  });

  test('have similar shares', () => {
    const counts = countBySender(settled.accepted, senders).toSorted((a, b) => a - b);
    const fair = sum(counts) / senders;
    assert.ok(Math.min(...counts) >= fair / 5, `the least got ${Math.min(...counts)} of ${fair}`);
    assert.ok(Math.max(...counts) <= fair * 3, `the most got ${Math.max(...counts)} of ${fair}`);
  });
});

test('fifty completions at the same time are published as fast as ntfy accepts them', async () => {
  const outboxes = startOutboxes({ senders: 50, length: HOUR, simultaneous: true });
  await outboxes.run(HOUR + 10 * MINUTE);
  const { waits } = resultOf(outboxes);
  assert.equal(waits.length, 50);
  // 50 messages at one per 5 s take 250 s; the last pauses add at most as much.
  assert.ok((waits.at(-1) ?? Infinity) <= 500 * SECOND, `the last waited ${waits.at(-1)} ms`);
});

test('a sidecar that no longer shares its address has its full rate again within an hour', async () => {
  const outboxes = startOutboxes({ senders: 20, torrents: 5, length: HOUR });
  await outboxes.run(2 * HOUR);
  await outboxes.run(HOUR, (sender) => sender === 0);
  const from = outboxes.clock.now();
  await outboxes.run(30 * MINUTE, (sender) => sender === 0);
  const { accepted, refused } = resultOf(outboxes, from);
  assert.equal(refused.length, 0);
  // Five torrents an hour have 8 percents a minute.
  assert.ok(accepted.length >= 200, `${accepted.length} messages in half an hour`);
});

test('a single sidecar is never refused', async () => {
  const outboxes = startOutboxes({ senders: 1, torrents: 20, length: 30 * MINUTE });
  await outboxes.run(4 * HOUR);
  assert.equal(resultOf(outboxes).refused.length, 0);
});

for (const senders of [2, 5]) {
  test(`${senders} sidecars that share 250 messages a day delay no completion until midnight`, async () => {
    const outboxes = startOutboxes({ senders, length: 2 * HOUR, daily: 250 });
    await outboxes.run(48 * HOUR);
    const { waits, refused } = resultOf(outboxes);
    assert.ok(waits.length > 20 * senders);
    assert.ok((waits.at(-1) ?? Infinity) <= 5 * SECOND, `one waited ${waits.at(-1)} ms`);
    assert.equal(refused.length, 0);
    assert.ok(outboxes.left() > 0);
  });
}
