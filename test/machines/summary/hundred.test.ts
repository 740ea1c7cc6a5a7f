/** A hundred downloads with ntfy's default limits: 60 messages at once, then one per 5 s. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Publication } from '../../../machines/outbox/machine.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import { hashOf, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';
import {
  acceptedOf,
  change,
  keysOf,
  progressCards,
  startDownloads,
  SUMMARY,
  summaryOn,
} from './downloads.ts';

const BURST = 60;
const REFILL = 5 * SECOND;

/** ntfy's token bucket. Returns how many messages it has refused. */
function limit({ script, clock }: World): () => number {
  let [tokens, at, refused] = [BURST, 0, 0];
  script.allowance = () => ({ daily: 17_280, left: 17_280 });
  script.publish = (): Publication => {
    tokens = Math.min(BURST, tokens + (clock.now() - at) / REFILL);
    at = clock.now();
    if (tokens < 1) {
      refused += 1;
      return { ok: false, failure: { kind: 'limited', message: '42901' } };
    }
    tokens -= 1;
    return ok({ live: true });
  };
  return () => refused;
}

test('a hundred downloads cause at most 130 messages in ten minutes, and the phone is never older than 20 s', async () => {
  const world = startDownloads(100, { policy: { rate: 'auto' } });
  const refused = limit(world);
  const [first, ...others] = keysOf(100);
  let oldest = 0;
  for (let second = 0; second < 600; second += 1) {
    // The next to finish is the first line: its name is the time.
    world.set(first ?? '', { name: `${second}`, progress: second / 1000, eta: 1 });
    for (const [n, key] of others.entries()) world.set(key, { progress: (second + n) / 1000 });
    await world.pass(SECOND);
    const shown = Number(summaryOn(world)?.lines[0]?.name ?? 0);
    oldest = Math.max(oldest, second - shown);
  }
  const messages = world.count('publish');
  assert.ok(messages <= 130, `${messages} messages`);
  assert.ok(oldest <= 20, `${oldest} s`);
  assert.equal(refused(), 0);
  assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
});

test('a hundred cards of an earlier process are deleted while the summary is kept up to date', async () => {
  const keys = keysOf(100);
  const records = Array.from(keys, (key) => ({ ...createRecord(key, 0), card: true }));
  const world = startWorld({ policy: { rate: 'auto' }, records });
  const refused = limit(world);
  for (const key of keys) {
    world.set(key, { name: key, progress: 0.5 });
    const torrent = world.torrents.get(key) ?? assert.fail('it is not in qBittorrent');
    const card = { percent: 50, phase: 'downloading' } as const;
    world.phone.receive({ kind: 'progress', key, at: 0, torrent, card, shown: null });
  }
  assert.equal(progressCards(world), 100);
  let updates = 0;
  for (let times = 0; times < 30; times += 1) {
    const before = acceptedOf(world, 'summary');
    change(world, keys, { progress: 0.5 + times / 100 });
    await world.pass(30 * SECOND);
    updates += Number(acceptedOf(world, 'summary') > before);
  }
  assert.equal(updates, 30);
  assert.deepEqual([...world.phone.cards.keys()], [SUMMARY]);
  assert.equal(refused(), 0);
});

test('three completions at once are not delayed by a summary', async () => {
  const world = startDownloads(100, { policy: { rate: 'auto' } });
  limit(world);
  await world.pass(5 * MINUTE);
  for (const key of keysOf(3)) world.set(key, { name: key, phase: 'complete', progress: 1 });
  await world.pass(6 * SECOND);
  assert.deepEqual([...world.phone.sounds.keys()].toSorted(), keysOf(3).toSorted());
  await world.pass(MINUTE);
  assert.equal(
    summaryOn(world)?.lines.some(({ key }) => key === hashOf(1)),
    false,
  );
});
