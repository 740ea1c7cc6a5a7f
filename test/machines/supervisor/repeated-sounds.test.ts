/** An alert from before a restart is not repeated, and a different incident makes a sound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const a = hashOf(1);

const stalled: TorrentRecord = {
  ...createRecord(a, 0),
  card: true,
  shown: { percent: 50, phase: 'stalled' },
  highest: 50,
  alert: 'stalled',
  sounded: { stalled: -2 * HOUR },
};

for (const phase of ['downloading', 'stalled'] as const) {
  test(`a stalled torrent, which qBittorrent reports as "${phase}", causes no notification after a restart`, async () => {
    const world = startWorld({ records: [stalled] });
    world.script.silent.add(a);
    world.set(a, { phase, progress: 0.5, speed: 0 });
    const { observe } = world.script;
    world.script.observe = () => failure('unreachable');
    await world.pass(30 * SECOND);
    world.script.observe = observe;
    await world.pass(HOUR);
    assert.deepEqual(
      world.published().map(({ kind }) => kind),
      [],
    );
  });
}

test('a degraded store makes a sound although a repaired file made one recently', async () => {
  const world = startWorld();
  world.supervisor.send({ type: 'store.repaired', problem: 'damaged' });
  await world.pass(30 * MINUTE);
  world.supervisor.send({ type: 'store.degraded', problem: 'read-only' });
  await world.pass(MINUTE);
  assert.deepEqual(
    world.published().map((notification) => notification.kind === 'incident' && notification.silent === true),
    [false, false],
  );
});
