import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';

const COUNT = 1000;
const hashes = Array.from({ length: COUNT }, (_, n) => hashOf(n));

/** The most events that the supervisor takes in without letting anybody else have a turn, and how many in all. */
async function countTurns(records: ReturnType<typeof createRecord>[]) {
  const world = startWorld({ records });
  for (const hash of hashes) world.set(hash, { phase: 'queued', progress: 0.1 });
  await world.pass(MINUTE);
  assert.equal(world.records().length, COUNT);
  const before = world.events.length;
  const sizes: number[] = [];
  const { supervisor } = world;
  supervisor.subscribe(({ context: { pendingStarts } }) => void sizes.push(pendingStarts.length));
  supervisor.send({ type: 'rescan' });
  await world.pass(30 * SECOND);
  const steps = sizes.map((size, n) => (sizes[n - 1] ?? 0) - size).filter((step) => step > 0);
  return { steps, events: world.events.slice(before).map(({ type }) => type), queued: Math.max(...sizes) };
}

describe('a scan that finds a thousand', () => {
  test('takes them in slices, and makes no event of one that is followed already', async () => {
    const { steps, events, queued } = await countTurns(hashes.map((hash) => createRecord(hash, 0)));
    assert.ok(queued >= COUNT - 100, `${queued} were waiting for their turn`);
    assert.ok(Math.max(...steps) <= 100, `${Math.max(...steps)} at a time`);
    assert.deepEqual(
      events.filter((type) => type === 'torrent.tracked'),
      [],
    );
  });

  test('follows all of them when they are new', async () => {
    const world = startWorld();
    for (const hash of hashes) world.set(hash, { phase: 'queued', progress: 0.1 });
    await world.pass(MINUTE);
    assert.equal(world.records().length, COUNT);
  });
});
