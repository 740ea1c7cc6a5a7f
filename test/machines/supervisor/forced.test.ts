/** qBittorrent reports a forced torrent as "downloading" also without data: only its bytes show whether it is stalled. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const torrent = hashOf(1);

/** The notifications with their times: `1:55 stalled`. */
function publishedBy({ calls }: World, since: number): string[] {
  return calls.flatMap((call) => {
    if (call.to !== 'publish' || call.at < since) return [];
    const { notification } = call;
    const what =
      notification.kind === 'progress'
        ? notification.card.phase
        : notification.kind === 'alert'
          ? `alert ${notification.alert}`
          : notification.kind;
    const seconds = Math.floor((call.at - since) / SECOND);
    return [`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} ${what}`];
  });
}

/** A torrent whose card shows 50 % loses its source; qBittorrent reports it as `phase`. */
async function startWithoutSource(phase: Phase) {
  const world = startWorld();
  world.set(torrent, { progress: 0.5, eta: 54, speed: 144_000 });
  await world.pass(10 * SECOND);
  world.script.silent.add(torrent);
  world.set(torrent, { phase, speed: 0, eta: null });
  return { world, since: world.clock.now() };
}

describe('a forced torrent that has lost its source', () => {
  test('is shown as stalled and causes an alert, at the same times as any other', async () => {
    const forced = await startWithoutSource('downloading');
    const other = await startWithoutSource('stalled');
    for (const { world } of [forced, other]) await world.pass(HOUR);
    const lines = publishedBy(forced.world, forced.since);
    assert.deepEqual(
      lines.map((line) => line.replace(/^\S+ /, '')),
      ['stalled', 'alert stalled'],
    );
    assert.match(lines[0] ?? '', /^[12]:\d\d /);
    assert.match(lines[1] ?? '', /^(?:29|30):\d\d /);
    assert.deepEqual(lines, publishedBy(other.world, other.since));
    assert.deepEqual([...actorsOf(forced.world).values()], ['{"polling":"stalled"}']);
  });

  test('is polled no more often than any other stalled torrent', async () => {
    const { world } = await startWithoutSource('downloading');
    await world.pass(10 * MINUTE);
    const before = world.count('observe');
    await world.pass(10 * MINUTE);
    assert.ok(world.count('observe') - before <= 21, `${world.count('observe') - before} polls`);
  });

  test('continues without a sound when its source is back', async () => {
    const { world } = await startWithoutSource('downloading');
    await world.pass(HOUR);
    world.script.silent.clear();
    const since = world.clock.now();
    await world.pass(2 * MINUTE);
    assert.deepEqual(
      publishedBy(world, since).map((line) => line.replace(/^\S+ /, '')),
      ['alert-clear', 'downloading'],
    );
  });
});

test('a torrent that receives a byte a minute is not stalled, forced or not', async () => {
  for (const phase of ['downloading', 'stalled'] as const) {
    const world = startWorld();
    world.set(torrent, { progress: 0.5, eta: null });
    await world.pass(10 * SECOND);
    world.script.silent.add(torrent);
    world.set(torrent, { phase });
    for (let minute = 0; minute < 120; minute += 1) {
      world.set(torrent, { downloaded: 500_000 + minute });
      await world.pass(MINUTE);
    }
    assert.deepEqual(
      world.published().map(({ kind }) => kind),
      ['progress'],
    );
  }
});

test('a forced magnet without metadata causes the alert as any other', async () => {
  const world = startWorld();
  world.set(torrent, { phase: 'metadata', progress: 0, size: 0 });
  await world.pass(20 * MINUTE);
  const alerts = world.published().map((notification) => notification.kind === 'alert' && notification.alert);
  assert.deepEqual(alerts, ['metadata']);
});
