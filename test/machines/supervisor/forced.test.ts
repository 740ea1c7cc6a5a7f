/** A forced torrent is called "downloading" whatever it gets: whether it gets on is told by its bytes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase } from '../../../machines/domain.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const torrent = hashOf(1);

/** What its progress card said, and when, and the same of its alert: `1:55 stalled`. */
function toldOf({ calls }: World, since: number): string[] {
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

/** Its card shows 50 %, then its source vanishes: `phase` is what qBittorrent goes on to say. */
async function startVanished(phase: Phase) {
  const world = startWorld();
  world.set(torrent, { progress: 0.5, eta: 54, speed: 144_000 });
  await world.pass(10 * SECOND);
  world.script.silent.add(torrent);
  world.set(torrent, { phase, speed: 0, eta: null });
  return { world, since: world.clock.now() };
}

describe('a forced torrent whose source has vanished', () => {
  test('is called stalled, and is said aloud, when any other would be', async () => {
    const forced = await startVanished('downloading');
    const other = await startVanished('stalled');
    for (const { world } of [forced, other]) await world.pass(HOUR);
    const told = toldOf(forced.world, forced.since);
    assert.deepEqual(
      told.map((line) => line.replace(/^\S+ /, '')),
      ['stalled', 'alert stalled'],
    );
    assert.match(told[0] ?? '', /^[12]:\d\d /);
    assert.match(told[1] ?? '', /^(?:29|30):\d\d /);
    assert.deepEqual(told, toldOf(other.world, other.since));
    assert.deepEqual([...actorsOf(forced.world).values()], ['{"polling":"stalled"}']);
  });

  test('is asked for no more often than any other that is stalled', async () => {
    const { world } = await startVanished('downloading');
    await world.pass(10 * MINUTE);
    const before = world.count('observe');
    await world.pass(10 * MINUTE);
    assert.ok(world.count('observe') - before <= 21, `${world.count('observe') - before} polls`);
  });

  test('goes on in silence when its source is back', async () => {
    const { world } = await startVanished('downloading');
    await world.pass(HOUR);
    world.script.silent.clear();
    const since = world.clock.now();
    await world.pass(2 * MINUTE);
    assert.deepEqual(
      toldOf(world, since).map((line) => line.replace(/^\S+ /, '')),
      ['alert-clear', 'downloading'],
    );
  });
});

test('a torrent that gets a byte a minute is not stalled, forced or not', async () => {
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

test('a forced magnet without metadata is said aloud as any other', async () => {
  const world = startWorld();
  world.set(torrent, { phase: 'metadata', progress: 0, size: 0 });
  await world.pass(20 * MINUTE);
  const alerts = world.published().map((told) => told.kind === 'alert' && told.alert);
  assert.deepEqual(alerts, ['metadata']);
});
