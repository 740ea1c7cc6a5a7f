/** How often a card is told anew because its time of arrival turned out wrong. Counts only. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { Notification } from '../../../machines/domain.ts';
import type { Policy } from '../../../machines/policy.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const torrent = hashOf(1);
const MB = 1_000_000;
const POLL = 5 * SECOND;
/** qBittorrent reckons the ETA by the mean speed of so many milliseconds. */
const MEAN = 45 * SECOND;

interface Download {
  size: number;
  /** Bytes per second, by the milliseconds since it began. */
  speed: (at: number) => number;
  /** How long it is followed. */
  length: number;
  policy?: Partial<Policy>;
  live?: boolean;
}

type Progress = Extract<Notification, { kind: 'progress' }>;

/** Follows a download, and returns what its card was told, and when: in milliseconds since it began. */
async function download({ size, speed, length, policy = {}, live = true }: Download) {
  const world = startWorld({ policy: { rate: null, ...policy } });
  world.script.publish = () => ({ ok: true, value: { live } });
  await world.pass(MINUTE);
  const from = world.clock.now();
  let bytes = 0;
  for (let at = 0; at < length; at += POLL) {
    const samples = Array.from({ length: Math.min(MEAN, at + POLL) / POLL }, (_, n) => speed(at - n * POLL));
    const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length;
    const eta = mean === 0 ? null : Math.ceil((size - bytes) / mean);
    world.set(torrent, { size, progress: bytes / size, downloaded: bytes, speed: speed(at), eta });
    if (at === 0) world.track(torrent);
    bytes = Math.min(size - 1, bytes + speed(at) * (POLL / SECOND));
    await world.pass(POLL);
  }
  const cards: Array<{ at: number; card: Progress }> = world.calls.flatMap((call) =>
    call.to === 'publish' && call.notification.kind === 'progress'
      ? [{ at: call.at - from, card: call.notification }]
      : [],
  );
  const percents = new Set(cards.map(({ card }) => card.card.percent)).size;
  return { cards, corrections: cards.length - percents };
}

describe('a steady download', () => {
  for (const [name, size] of [
    ['of 100 s', 100 * MB],
    ['of an hour', 3600 * MB],
    ['of a day', 86_400 * MB],
  ] as const) {
    test(`${name} is told for each percent, and for nothing else`, async () => {
      const length = Math.min((size / MB) * SECOND, HOUR / 2);
      const { corrections } = await download({ size, speed: () => MB, length });
      assert.equal(corrections, 0);
    });
  }

  test('whose speed goes up and down by half costs nothing more', async () => {
    const speed = (at: number) => (Math.floor(at / (20 * SECOND)) % 2 === 0 ? MB : MB / 2);
    const { corrections } = await download({ size: 10_000 * MB, speed, length: HOUR / 2 });
    assert.equal(corrections, 0);
  });

  test('that gets nothing for half a minute now and then costs nothing more', async () => {
    const speed = (at: number) => (at % (10 * MINUTE) < 30 * SECOND && at > MINUTE ? 0 : MB);
    const { corrections } = await download({ size: 86_400 * MB, speed, length: HOUR });
    assert.equal(corrections, 0);
  });
});

describe('a download whose speed drops by two hundred', () => {
  const DROP = 5 * MINUTE;
  const drop = { size: 86_400 * MB, speed: (at: number) => (at < DROP ? 10 * MB : MB / 20) };

  test('is told anew within two minutes, although its percent stays', async () => {
    const { cards } = await download({ ...drop, length: DROP + 2 * MINUTE });
    const after = cards.filter(({ at }) => at > DROP);
    assert.ok(after.length >= 1 && after.length <= 2, `${after.length} messages`);
    const [first] = after;
    assert.equal(first?.card.card.percent, first?.card.shown?.percent);
    assert.ok((first?.card.torrent.eta ?? 0) > 2 * 86_400 * 0.1, 'it shows what became of the estimate');
  });

  test('is told ever more seldom as the estimate grows', async () => {
    const { cards } = await download({ ...drop, length: DROP + 2 * HOUR });
    const after = cards.filter(({ at }) => at > DROP);
    // 30 s, 1, 2, 4, … minutes.
    assert.ok(after.length >= 1 && after.length <= 8, `${after.length} messages in two hours`);
  });

  test('is not told anew where each message is a card of its own', async () => {
    const old = await download({ ...drop, length: DROP + HOUR / 4, live: false });
    const milestones = await download({
      ...drop,
      length: DROP + HOUR / 4,
      policy: { progress: 'milestones' },
    });
    assert.deepEqual([old.corrections, milestones.corrections], [0, 0]);
  });
});

test('a download whose speed goes wild within one percent is told by the logarithm of its time', async () => {
  const speed = (at: number) => (Math.floor(at / (3 * MINUTE)) % 2 === 0 ? MB : 1000);
  const { cards } = await download({ size: 10_000_000 * MB, speed, length: 3 * HOUR });
  const most = 2 + Math.log2((3 * HOUR) / (30 * SECOND));
  assert.ok(cards.length >= 3 && cards.length <= most, `${cards.length} messages`);
});

test('the estimate that a restart finds on the card is corrected when it is wrong, and only then', async () => {
  const messages: number[] = [];
  for (const arrival of [HOUR, 10 * HOUR, null]) {
    const estimate = { arrival, at: 0, corrections: 0 };
    const shown = { percent: 50, phase: 'downloading', estimate } as const;
    const record = { ...createRecord(torrent, 0), shown, highest: 50, card: true };
    const world = startWorld({ records: [record] });
    world.set(torrent, { progress: 0.505, eta: 3600 });
    await world.pass(MINUTE);
    messages.push(world.published().length);
  }
  assert.deepEqual(messages, [0, 1, 1]);
});
