/** How many messages and sounds many downloads cause, with ntfy's default limits and the default settings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notification } from '../../machines/domain.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';
import { startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

/** The default settings; 10 messages a minute is a little below ntfy's default limit. */
const policy = { digestFrom: 4, summaryFrom: 8, rate: 10 } as const;

const nameOf = (n: number) => `${n}.iso`;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** So many downloads, added in one call, for long enough that the summary shows. */
async function startMany(count: number): Promise<World> {
  const world = startWorld({ policy });
  await world.pass(10 * SECOND);
  for (const n of numbers(count)) {
    world.set(hashOf(n), { name: nameOf(n), progress: 0.1, size: 1e9, downloaded: 1e8, eta: 3600 });
    world.track(hashOf(n));
  }
  await world.pass(5 * MINUTE);
  return world;
}

const finish = (world: World, n: number) =>
  world.set(hashOf(n), {
    progress: 1,
    phase: 'complete',
    finishedAt: Math.floor((world.clock.now() + world.script.skew) / 1000),
  });

interface Sent {
  at: number;
  notification: Notification;
}

const sentSince = ({ calls }: World, since: number): Sent[] =>
  calls.flatMap((call) =>
    call.to === 'publish' && call.at >= since ? [{ at: call.at, notification: call.notification }] : [],
  );

/** Completions on the phone, by their own cards or on a digest. */
function notified({ phone }: World): number {
  const digests = new Map<string, number>();
  let own = 0;
  for (const notification of phone.accepted) {
    if (notification.kind === 'completion') own += 1;
    if (notification.kind === 'digest' && notification.about === 'completions')
      digests.set(notification.key, notification.counts.completion);
  }
  return own + [...digests.values()].reduce((sum, count) => sum + count, 0);
}

/** Finishes all of them at random moments within a minute. */
async function finishWithinMinute(world: World, count: number) {
  const random = mulberry32(count);
  const due = numbers(count)
    .map((n) => ({ n, at: Math.floor(random() * MINUTE) }))
    .toSorted((a, b) => a.at - b.at);
  const from = world.clock.now();
  const sounds = world.phone.heard.length;
  for (const { n, at } of due) {
    const wait = from + at - world.clock.now();
    if (wait > 0) await world.pass(wait);
    finish(world, n);
  }
  const last = world.clock.now();
  while (notified(world) < count && world.clock.now() - last < 10 * MINUTE) await world.pass(SECOND);
  const wait = world.clock.now() - last;
  await world.pass(5 * MINUTE);
  return { wait, messages: sentSince(world, from).length, sounds: world.phone.heard.length - sounds };
}

for (const [count, most] of [
  [200, { wait: 30 * SECOND, messages: 25 }],
  [1000, { wait: 60 * SECOND, messages: 40 }],
] as const)
  test(`${count} completions within a minute are on the phone ${most.wait / 1000} s later, by at most ${most.messages} messages and five sounds`, async () => {
    const world = await startMany(count);
    const { wait, messages, sounds } = await finishWithinMinute(world, count);
    assert.equal(notified(world), count);
    assert.ok(wait <= most.wait, `${wait} ms`);
    assert.ok(messages <= most.messages, `${messages} messages`);
    assert.ok(sounds <= 5, `${sounds} sounds`);
    assert.deepEqual(world.records(), []);
  });

test('200 torrents that enter an error at once are one card, one sound and one all-clear', async () => {
  const world = await startMany(200);
  const from = world.clock.now();
  for (const n of numbers(200)) world.set(hashOf(n), { phase: 'failed' });
  await world.pass(2 * MINUTE);
  for (const n of numbers(200)) world.set(hashOf(n), { phase: 'downloading' });
  await world.pass(2 * MINUTE);
  const sent = sentSince(world, from).map(({ notification }) => notification);
  assert.ok(!sent.some(({ kind }) => kind === 'alert'));
  const digests = sent.flatMap((notification) => (notification.kind === 'digest' ? [notification] : []));
  assert.equal(new Set(digests.map(({ key }) => key)).size, 1);
  assert.equal(digests.filter(({ resolved }) => resolved !== undefined).length, 1);
  assert.equal(world.phone.heard.length, 1);
});

test('with a quota of 250 messages, 60 downloads of a day are all notified by at most 150 messages', async () => {
  const world = startWorld({ policy: { ...policy, rate: 'auto' }, skew: Date.UTC(2026, 0, 10) });
  let left = 250;
  world.script.allowance = () => ({ daily: 250, left });
  const { publish } = world.script;
  world.script.publish = (notification) => {
    left -= 1;
    return left < 0 ? { ok: false, failure: { kind: 'exhausted', message: '42908' } } : publish(notification);
  };
  const random = mulberry32(60);
  // Two seasons of twelve, and 36 single downloads over the day.
  const starts = [
    ...Array.from({ length: 12 }, () => 8 * HOUR),
    ...Array.from({ length: 12 }, () => 19 * HOUR),
    ...Array.from({ length: 36 }, () => random() * 22 * HOUR),
  ].toSorted((a, b) => a - b);
  const running: { n: number; from: number; duration: number }[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const now = minute * MINUTE;
    while (starts[0] !== undefined && starts[0] <= now) {
      starts.shift();
      const n = 60 - starts.length;
      running.push({ n, from: now, duration: (20 + random() * 60) * MINUTE });
      world.set(hashOf(n), { name: nameOf(n), progress: 0, size: 1e9, downloaded: 0, eta: 3600 });
      world.track(hashOf(n));
    }
    for (const { n, from, duration } of running) {
      const progress = Math.min(1, (now - from) / duration);
      if (progress < 1) world.set(hashOf(n), { progress, downloaded: 1e9 * progress });
      else if (world.torrents.get(hashOf(n))?.phase !== 'complete') finish(world, n);
    }
    await world.pass(MINUTE);
  }
  assert.equal(notified(world), 60);
  const kinds = Map.groupBy(sentSince(world, 0), ({ notification }) => notification.kind);
  const counts = Array.from(kinds, ([kind, sent]) => `${kind}: ${sent.length}`).join(', ');
  assert.ok(250 - left <= 150, `${250 - left} messages: ${counts}`);
  assert.ok(left >= 0);
});
