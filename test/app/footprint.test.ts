/**
 * The cost of the sidecar in counts, which are the same on every machine; times and memory are in docs/benchmarks.md.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';

const STEP = 5 * SECOND;

/** Runs this many simultaneous downloads of ten minutes to their end; returns the numbers of requests and messages. */
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
    // Without an ETA: a torrent near its end is polled more often.
    for (const hash of hashes) world.set(hash, { progress, phase, eta: null });
    await world.pass(STEP);
  }
  await world.pass(HOUR);
  assert.equal(world.records().length, 0, 'no torrent is tracked');
  const completions = world.published().filter(({ kind }) => kind === 'completion').length;
  assert.equal(completions, torrents);
  return {
    logins: world.count('login'),
    polls: world.count('observe'),
    lists: world.count('list') + world.count('scan'),
    messages: world.count('publish'),
  };
}

describe('downloads of ten minutes', () => {
  test('take one login and one poll every 5 s, for one torrent', async () => {
    const { logins, polls, lists } = await downloads(1);
    assert.equal(logins, 1);
    assert.equal(lists, 1);
    assert.ok(polls >= 120 && polls <= 125, `${polls} polls`);
  });

  test('take as many requests for a hundred torrents as for one', async () => {
    const [one, hundred] = await Promise.all([downloads(1), downloads(100)]);
    assert.equal(hundred.logins, one.logins);
    assert.equal(hundred.lists, one.lists);
    assert.ok(hundred.polls <= one.polls + 2, `${hundred.polls} polls, for one torrent ${one.polls}`);
  });

  test('take at most one message per percent for one torrent, and two messages for its end', async () => {
    const { messages } = await downloads(1);
    assert.ok(messages <= 100 + 2, `${messages} messages`);
  });

  test('take a completion for each of a hundred torrents, and one summary while they download', async () => {
    const { messages } = await downloads(100);
    // The summary is updated every 12 s; a few cards are sent before it begins.
    assert.ok(messages <= 100 + 10 * 5 + 10, `${messages} messages`);
    assert.ok(messages >= 100, `${messages} messages`);
  });
});

test('a thousand queued torrents beside a download are polled every 30 s, the download with each poll', async () => {
  const world = startWorld();
  await world.pass(MINUTE);
  const [moving = '', ...queued] = Array.from({ length: 1001 }, (_, n) => hashOf(n));
  world.set(moving, { phase: 'downloading', eta: null });
  for (const hash of queued) world.set(hash, { phase: 'queued', progress: 0 });
  for (const hash of [moving, ...queued]) world.track(hash);
  await world.pass(MINUTE);
  const before = world.calls.length;
  await world.pass(10 * MINUTE);
  const polled = world.calls
    .slice(before)
    .flatMap((call) => (call.to === 'observe' ? [call.hashes.length] : []));
  assert.ok(polled.length >= 118 && polled.length <= 140, `${polled.length} polls`);
  const full = polled.filter((count) => count > 1).length;
  assert.ok(full >= 19 && full <= 21, `${full} polls of all torrents`);
});

test('an hour without tracked torrents takes no request', async () => {
  const world = startWorld();
  await world.pass(MINUTE);
  const before = world.calls.length;
  await world.pass(HOUR);
  assert.equal(world.calls.length, before);
});

test('at most nine packages are shipped', () => {
  const { dependencies } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  ) as {
    dependencies: Record<string, string>;
  };
  assert.ok(Object.keys(dependencies).length <= 9);
});
