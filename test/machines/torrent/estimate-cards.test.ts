/** How often a card is updated because its estimated time of arrival was wrong. */
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
/** qBittorrent computes the ETA from the mean speed of this period. */
const MEAN_PERIOD = 45 * SECOND;

interface Download {
  size: number;
  /** Bytes per second, by the milliseconds since its start. */
  speed: (at: number) => number;
  /** How long it is tracked, in milliseconds. */
  length: number;
  policy?: Partial<Policy>;
  live?: boolean;
}

type Progress = Extract<Notification, { kind: 'progress' }>;

/** Tracks a download. Returns the updates of its card with their times, in milliseconds since its start. */
async function download({ size, speed, length, policy = {}, live = true }: Download) {
  const world = startWorld({ policy: { rate: null, ...policy } });
  world.script.publish = () => ({ ok: true, value: { live } });
  await world.pass(MINUTE);
  const from = world.clock.now();
  let bytes = 0;
  for (let at = 0; at < length; at += POLL) {
    const samples = Array.from({ length: Math.min(MEAN_PERIOD, at + POLL) / POLL }, (_, n) =>
      speed(at - n * POLL),
    );
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
    test(`${name} causes one message for each percent, and no other`, async () => {
      const length = Math.min((size / MB) * SECOND, HOUR / 2);
      const { corrections } = await download({ size, speed: () => MB, length });
      assert.equal(corrections, 0);
    });
  }

  test('whose speed alternates between full and half causes no correction', async () => {
    const speed = (at: number) => (Math.floor(at / (20 * SECOND)) % 2 === 0 ? MB : MB / 2);
    const { corrections } = await download({ size: 10_000 * MB, speed, length: HOUR / 2 });
    assert.equal(corrections, 0);
  });

  test('that sometimes receives no data for half a minute causes no correction', async () => {
    const speed = (at: number) => (at % (10 * MINUTE) < 30 * SECOND && at > MINUTE ? 0 : MB);
    const { corrections } = await download({ size: 86_400 * MB, speed, length: HOUR });
    assert.equal(corrections, 0);
  });
});

describe('a download whose speed drops by a factor of 200', () => {
  const DROP = 5 * MINUTE;
  const drop = { size: 86_400 * MB, speed: (at: number) => (at < DROP ? 10 * MB : MB / 20) };

  test('causes a correction within two minutes, although its percent is the same', async () => {
    const { cards } = await download({ ...drop, length: DROP + 2 * MINUTE });
    const after = cards.filter(({ at }) => at > DROP);
    assert.ok(after.length >= 1 && after.length <= 2, `${after.length} messages`);
    const [first] = after;
    assert.equal(first?.card.card.percent, first?.card.shown?.percent);
    assert.ok((first?.card.torrent.eta ?? 0) > 2 * 86_400 * 0.1, 'the card shows the new estimate');
  });

  test('causes corrections at growing intervals', async () => {
    const { cards } = await download({ ...drop, length: DROP + 2 * HOUR });
    const after = cards.filter(({ at }) => at > DROP);
    // 30 s, 1, 2, 4, … minutes.
    assert.ok(after.length >= 1 && after.length <= 8, `${after.length} messages in two hours`);
  });

  test('causes no correction where each message is a separate card', async () => {
    const old = await download({ ...drop, length: DROP + HOUR / 4, live: false });
    const milestones = await download({
      ...drop,
      length: DROP + HOUR / 4,
      policy: { progress: 'milestones' },
    });
    assert.deepEqual([old.corrections, milestones.corrections], [0, 0]);
  });
});

test('a download with a changing speed within one percent causes a logarithmic number of messages', async () => {
  const speed = (at: number) => (Math.floor(at / (3 * MINUTE)) % 2 === 0 ? MB : 1000);
  const { cards } = await download({ size: 10_000_000 * MB, speed, length: 3 * HOUR });
  const maximum = 2 + Math.log2((3 * HOUR) / (30 * SECOND));
  assert.ok(cards.length >= 3 && cards.length <= maximum, `${cards.length} messages`);
});

test('after a restart, the stored estimate is corrected only when it is wrong', async () => {
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
