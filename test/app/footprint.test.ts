/** What the sidecar costs, in counts that no machine's mood changes; times and memory are in docs/benchmarks.md. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';

const STEP = 5 * SECOND;

/** So many downloads at once, of ten minutes each, to their end; what was asked and sent meanwhile. */
async function downloads(torrents: number) {
  const world = startWorld();
  await world.pass(MINUTE);
  const hashes = Array.from({ length: torrents }, (_, n) => hashOf(n));
  for (const hash of hashes) {
    world.set(hash, { progress: 0 });
    world.track(hash);
  }
  for (let at = 0; at <= 10 * MINUTE; at += STEP) {
    const progress = at / (10 * MINUTE);
    const phase = progress === 1 ? 'complete' : 'downloading';
    // Without an ETA: near its end a torrent is looked at more often.
    for (const hash of hashes) world.set(hash, { progress, phase, eta: null });
    await world.pass(STEP);
  }
  await world.pass(HOUR);
  assert.equal(world.records().length, 0, 'all of them are over');
  const completions = world.published().filter(({ kind }) => kind === 'completion').length;
  assert.equal(completions, torrents);
  return {
    logins: world.count('login'),
    polls: world.count('observe'),
    lists: world.count('list') + world.count('scan'),
    messages: world.count('publish'),
  };
}

describe('what downloads of ten minutes cost', () => {
  test('is one login and one request each 5 s, for one torrent', async () => {
    const { logins, polls, lists } = await downloads(1);
    assert.equal(logins, 1);
    assert.equal(lists, 1);
    assert.ok(polls >= 120 && polls <= 125, `${polls} polls`);
  });

  test('is the same for a hundred at once', async () => {
    const [one, hundred] = await Promise.all([downloads(1), downloads(100)]);
    assert.equal(hundred.logins, one.logins);
    assert.equal(hundred.lists, one.lists);
    assert.ok(hundred.polls <= one.polls + 2, `${hundred.polls} polls, for one torrent ${one.polls}`);
  });

  test('is at most a card a percent for one torrent, and two messages for its end', async () => {
    const { messages } = await downloads(1);
    assert.ok(messages <= 100 + 2, `${messages} messages`);
  });

  test('is no more messages for a hundred than the budget has, and each end is among them', async () => {
    const { messages } = await downloads(100);
    // 50 at once and ten a minute while they download; then a completion and a dismissal for each.
    assert.ok(messages <= 50 + 10 * 10 + 2 * 100 + 10, `${messages} messages`);
    assert.ok(messages >= 2 * 100, `${messages} messages`);
  });
});

test('a thousand queued torrents beside a download are asked for each 30 s, the download with each poll', async () => {
  const world = startWorld();
  await world.pass(MINUTE);
  const [moving = '', ...queued] = Array.from({ length: 1001 }, (_, n) => hashOf(n));
  world.set(moving, { phase: 'downloading', eta: null });
  for (const hash of queued) world.set(hash, { phase: 'queued', progress: 0 });
  for (const hash of [moving, ...queued]) world.track(hash);
  await world.pass(MINUTE);
  const before = world.calls.length;
  await world.pass(10 * MINUTE);
  const asked = world.calls
    .slice(before)
    .flatMap((call) => (call.to === 'observe' ? [call.hashes.length] : []));
  assert.ok(asked.length >= 118 && asked.length <= 140, `${asked.length} polls`);
  const whole = asked.filter((count) => count > 1).length;
  assert.ok(whole >= 19 && whole <= 21, `${whole} asked for all`);
});

test('an hour with nothing to follow is not one request', async () => {
  const world = startWorld();
  await world.pass(MINUTE);
  const before = world.calls.length;
  await world.pass(HOUR);
  assert.equal(world.calls.length, before);
});

test('eight packages are shipped, and each has to earn its place', () => {
  const { dependencies } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as {
    dependencies: Record<string, string>;
  };
  assert.ok(Object.keys(dependencies).length <= 8);
});
