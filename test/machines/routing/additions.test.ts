/** The notification that a torrent was added. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';

const a = hashOf(1);
const { rules } = createTestRules(() => ({ rule: 'by hand', send: ['added', 'progress', 'completion'] }));

const start = (options: WorldOptions = {}) => startWorld({ rules, ...options });

const additionsOf = ({ phone }: World) =>
  phone.accepted.flatMap((notification) => (notification.kind === 'added' ? [notification] : []));

describe('an added torrent', () => {
  test('is announced once, beside its card, which is deleted at the end', async () => {
    const world = start();
    world.set(a, { progress: 0.1 });
    world.track(a);
    await world.pass(10 * SECOND);
    assert.deepEqual(new Set(world.phone.cards.keys()), new Set([`${a}-new`, a]));
    world.set(a, { progress: 0.5 });
    await world.pass(HOUR);
    world.set(a, { progress: 1, phase: 'complete' });
    await world.pass(MINUTE);
    assert.equal(additionsOf(world).length, 1);
    assert.deepEqual(new Set(world.phone.cards.keys()), new Set([`${a}-new`, `${a}-done`]));
  });

  test('without metadata is announced when these are there, however long that takes', async () => {
    const world = start();
    world.set(a, { phase: 'metadata', name: null, size: 0, progress: 0 });
    world.track(a);
    await world.pass(HOUR);
    assert.deepEqual(additionsOf(world), []);
    world.set(a, { phase: 'downloading', name: 'film', size: 10 });
    await world.pass(40 * SECOND);
    assert.deepEqual(
      additionsOf(world).map(({ torrent: { name, size } }) => [name, size]),
      [['film', 10]],
    );
  });

  test('waits for its size, at most ten seconds after the metadata', async () => {
    const world = start();
    world.set(a, { phase: 'metadata', name: null, size: 0, progress: 0 });
    world.track(a);
    await world.pass(10 * SECOND);
    world.set(a, { phase: 'downloading', name: 'film', size: 0 });
    await world.pass(4 * SECOND);
    assert.deepEqual(additionsOf(world), []);
    await world.pass(11 * SECOND);
    assert.deepEqual(
      additionsOf(world).map(({ torrent: { name } }) => name),
      ['film'],
    );
  });

  test('that is complete when it is seen first has only its completion', async () => {
    const world = start();
    world.set(a, { phase: 'complete', progress: 1 });
    world.track(a);
    await world.pass(MINUTE);
    assert.deepEqual(
      world.phone.accepted.map(({ kind }) => kind),
      ['completion'],
    );
  });
});

describe('no addition is announced', () => {
  test('of torrents that a scan finds long after they were added', async () => {
    const world = start();
    await world.pass(HOUR);
    world.set(a, { addedAt: 1, progress: 0.5 });
    world.supervisor.send({ type: 'rescan' });
    await world.pass(MINUTE);
    assert.ok(world.phone.cards.has(a));
    assert.deepEqual(additionsOf(world), []);
  });

  test('because its rule changes later', async () => {
    const changing = createTestRules(() => ({ rule: 'old', send: ['completion'] }));
    const world = start({ rules: changing.rules });
    world.set(a, { progress: 0.1 });
    world.track(a);
    await world.pass(MINUTE);
    changing.change(() => ({ rule: 'new', send: ['added', 'progress'] }));
    await world.pass(MINUTE);
    assert.ok(world.phone.cards.has(a));
    assert.deepEqual(additionsOf(world), []);
  });
});

async function recordsAfter(answer: boolean): Promise<TorrentRecord[]> {
  const world = start();
  if (!answer) world.script.publish = () => failure('unreachable');
  world.set(a, { progress: 0.1 });
  world.track(a);
  await world.pass(10 * SECOND);
  assert.equal(additionsOf(world).length, answer ? 1 : 0);
  return world.records();
}

describe('over a restart', () => {
  test('what was announced is not announced again', async () => {
    const world = start({ records: await recordsAfter(true) });
    world.set(a, { progress: 0.2 });
    await world.pass(MINUTE);
    assert.deepEqual(additionsOf(world), []);
  });

  test('what ntfy has not accepted is announced, on the topic of before', async () => {
    const elsewhere = createTestRules(() => ({ rule: 'by hand', route: 'other', send: ['added'] }));
    const world = start({ rules: elsewhere.rules, records: await recordsAfter(false) });
    world.set(a, { progress: 0.2 });
    await world.pass(MINUTE);
    assert.equal(additionsOf(world).length, 1);
    assert.ok(world.phone.cards.has(`${a}-new`));
  });
});
