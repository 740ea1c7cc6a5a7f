/** What comes and goes makes one sound an hour, of each torrent, alert and kind of failure. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [torrent, other] = [hashOf(1), hashOf(2)];
const policy = { stallTime: MINUTE, stalledAfter: MINUTE, rate: null };

const isLoud = (notification: Notification): boolean =>
  (notification.kind === 'alert' || notification.kind === 'incident') && notification.silent !== true;

/** Of what the phone got: how many could be heard, and how many not. */
function soundsOf({ phone }: World, kind: 'alert' | 'incident') {
  const all = phone.accepted.filter((notification) => notification.kind === kind);
  const loud = all.filter(isLoud).length;
  return { loud, silent: all.length - loud };
}

/** Stalls for 105 s, gets data for 35 s: once. */
async function flap(world: World, hash = torrent) {
  const { downloaded = 0, progress = 0.5 } = world.torrents.get(hash) ?? {};
  world.set(hash, { phase: 'stalled', downloaded: downloaded + 1, progress });
  await world.pass(105 * SECOND);
  world.set(hash, { phase: 'downloading', progress: progress + 0.001 });
  await world.pass(35 * SECOND);
}

async function startFlapping(options: Parameters<typeof startWorld>[0] = {}) {
  const world = startWorld({ policy, ...options });
  world.set(torrent, { progress: 0.5, eta: null });
  await world.pass(10 * SECOND);
  return world;
}

const justBefore = (instants: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.keys(instants).map((name) => [name, 0]));

describe('a torrent that stalls and goes on, again and again', () => {
  test('is heard once', async () => {
    const world = await startFlapping();
    for (let n = 0; n < 4; n += 1) await flap(world);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 1, silent: 3 });
    assert.equal(world.phone.cards.has(`${torrent}-err`), false);
  });

  test('is heard again after an hour, however often it stalled meanwhile', async () => {
    const world = await startFlapping();
    const since = world.clock.now();
    while (world.clock.now() < since + 5 * HOUR - 5 * MINUTE) await flap(world);
    assert.equal(soundsOf(world, 'alert').loud, 5);
  });

  test('is heard beside another one, and of another kind', async () => {
    const world = await startFlapping();
    world.set(other, { progress: 0.5, eta: null });
    world.track(other);
    for (const hash of [torrent, other, torrent, other]) await flap(world, hash);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 2, silent: 2 });
    world.set(torrent, { phase: 'failed' });
    await world.pass(MINUTE);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 3, silent: 2 });
  });

  test('is heard once over a restart', async () => {
    const before = await startFlapping();
    await flap(before);
    // The clock of the next life begins at 0: so it was heard just before.
    const records = before.records();
    for (const record of records) record.sounded = justBefore(record.sounded);
    assert.deepEqual(
      records.map(({ sounded }) => sounded),
      [{ stalled: 0 }],
    );
    const world = await startFlapping({ records });
    await flap(world);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 0, silent: 1 });
  });

  test('is heard although it was to be told before, when that never arrived', async () => {
    const world = await startFlapping();
    world.script.publish = () => failure('unreachable');
    await flap(world);
    world.script.publish = () => ok({ live: true });
    await flap(world);
    assert.ok(soundsOf(world, 'alert').loud >= 1);
  });

  test('is heard when it was added again: that is another download', async () => {
    const world = await startFlapping();
    await flap(world);
    world.torrents.clear();
    await world.pass(MINUTE);
    world.set(torrent, { progress: 0.1, eta: null, phase: 'downloading' });
    world.track(torrent);
    await world.pass(10 * SECOND);
    await flap(world);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 2, silent: 0 });
  });

  test('is not silent for ever because of an instant that lies in the future', async () => {
    const [record] = (await startFlapping()).records();
    assert.ok(record !== undefined);
    const world = await startFlapping({ records: [{ ...record, sounded: { stalled: 30 * HOUR } }] });
    await flap(world);
    assert.deepEqual(soundsOf(world, 'alert'), { loud: 1, silent: 0 });
  });
});

test('a torrent that crashes for a while, again and again, is heard once', async () => {
  const world = await startFlapping();
  for (let n = 0; n < 2; n += 1) {
    world.script.poisoned.add(torrent);
    await world.pass(2 * MINUTE);
    world.script.poisoned.clear();
    // So long that its crashes are counted anew.
    await world.pass(40 * MINUTE);
  }
  const { loud, silent } = soundsOf(world, 'alert');
  assert.deepEqual({ loud, silent }, { loud: 1, silent: 1 });
});

/** Away for so long that it is told, and back. */
async function leave(world: World, kind: 'unreachable' | 'broken' = 'unreachable') {
  const answer = world.script.observe;
  world.script.observe = () => failure(kind);
  await world.pass(5 * MINUTE);
  world.script.observe = answer;
  await world.pass(3 * MINUTE);
}

describe('qBittorrent that comes and goes', () => {
  test('is heard once an hour for each kind of failure', async () => {
    const world = await startFlapping();
    for (let n = 0; n < 5; n += 1) await leave(world);
    assert.deepEqual(soundsOf(world, 'incident'), { loud: 1, silent: 4 });
    await leave(world, 'broken');
    assert.deepEqual(soundsOf(world, 'incident'), { loud: 2, silent: 4 });
    await world.pass(HOUR);
    await leave(world);
    assert.deepEqual(soundsOf(world, 'incident'), { loud: 3, silent: 4 });
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
  });

  test('is heard once over a restart', async () => {
    const before = await startFlapping();
    await leave(before);
    const sounds = Object.fromEntries(before.supervisor.getSnapshot().context.incidentSounds);
    assert.deepEqual(Object.keys(sounds), ['qbittorrent.unreachable']);
    const world = await startFlapping({ sounds: justBefore(sounds) });
    await leave(world);
    assert.deepEqual(soundsOf(world, 'incident'), { loud: 0, silent: 1 });
  });

  test('is heard when what was to be said before never arrived', async () => {
    const world = await startFlapping();
    world.script.publish = () => failure('unreachable');
    await leave(world);
    world.script.publish = () => ok({ live: true });
    await leave(world);
    assert.ok(soundsOf(world, 'incident').loud >= 1);
  });
});

test('an outage that fails in two ways by turns is one message, and its new cause one more when it lasts', async () => {
  const world = await startFlapping();
  let polls = 0;
  const alternate = () => failure((polls += 1) % 2 === 0 ? 'broken' : 'unreachable');
  world.script.observe = alternate;
  await world.pass(2 * HOUR);
  assert.ok(polls > 100, `${polls} polls`);
  assert.deepEqual(soundsOf(world, 'incident'), { loud: 1, silent: 0 });
  const shown = world.phone.cards.get('qbittorrent');
  assert.ok(shown?.kind === 'incident');
  const lasting = shown.failure.kind === 'broken' ? 'unreachable' : 'broken';
  world.script.observe = () => failure(lasting);
  await world.pass(HOUR);
  assert.deepEqual(soundsOf(world, 'incident'), { loud: 2, silent: 0 });
});

test('a disk that comes and goes is heard once an hour', async () => {
  const world = await startFlapping();
  for (let n = 0; n < 5; n += 1) {
    world.supervisor.send({ type: 'store.degraded', problem: 'The state is only in memory.' });
    await world.pass(MINUTE);
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
  }
  assert.deepEqual(soundsOf(world, 'incident'), { loud: 1, silent: 4 });
});
