import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { actorsOf, startWorld } from '../../support/world.ts';

const COUNT = 1000;
const hashes = Array.from({ length: COUNT }, (_, n) => hashOf(n));

/** A rescan with these records: the sizes of the slices, the emitted events, and the maximum number of pending starts. */
async function rescan(records: ReturnType<typeof createRecord>[]) {
  const world = startWorld({ records });
  for (const hash of hashes) world.set(hash, { phase: 'queued', progress: 0.1 });
  await world.pass(MINUTE);
  assert.equal(world.records().length, COUNT);
  const before = world.events.length;
  const sizes: number[] = [];
  const { supervisor } = world;
  supervisor.subscribe(({ context: { pendingStarts } }) => void sizes.push(pendingStarts.size));
  supervisor.send({ type: 'rescan' });
  await world.pass(30 * SECOND);
  const slices = sizes.map((size, n) => (sizes[n - 1] ?? 0) - size).filter((slice) => slice > 0);
  return { slices, events: world.events.slice(before).map(({ type }) => type), queued: Math.max(...sizes) };
}

describe('a scan that finds a thousand', () => {
  test('processes them in slices, and emits no event for a tracked one', async () => {
    const { slices, events, queued } = await rescan(hashes.map((hash) => createRecord(hash, 0)));
    assert.ok(queued >= COUNT - 100, `${queued} were pending`);
    assert.ok(Math.max(...slices) <= 100, `${Math.max(...slices)} at a time`);
    assert.deepEqual(
      events.filter((type) => type === 'torrent.tracked'),
      [],
    );
  });

  test('and a hook for one that waits: it is started, and stored once', async () => {
    const world = startWorld();
    await world.pass(10 * SECOND);
    for (const hash of hashes) world.set(hash, { phase: 'queued', progress: 0.1 });
    world.supervisor.send({ type: 'torrents.found', found: [...world.torrents.values()] });
    const last = hashOf(COUNT - 1);
    world.track(last);
    assert.equal(world.records().filter(({ key }) => key === last).length, 1);
    await world.pass(MINUTE);
    assert.equal(actorsOf(world).size, COUNT);
  });

  test('tracks all of them when they are new', async () => {
    const world = startWorld();
    for (const hash of hashes) world.set(hash, { phase: 'queued', progress: 0.1 });
    await world.pass(MINUTE);
    assert.equal(world.records().length, COUNT);
  });
});
