/** A repeated problem makes one sound an hour, for each torrent, alert and kind of failure. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification } from '../../../machines/domain.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [torrent, other] = [hashOf(1), hashOf(2)];
const policy = { stallTime: MINUTE, stalledAfter: MINUTE, rate: null };

const isAudible = (notification: Notification): boolean =>
  (notification.kind === 'alert' || notification.kind === 'incident') && notification.silent !== true;

/** How many of the accepted notifications were audible, and how many silent. */
function soundsOf({ phone }: World, kind: 'alert' | 'incident') {
  const all = phone.accepted.filter((notification) => notification.kind === kind);
  const audible = all.filter(isAudible).length;
  return { audible, silent: all.length - audible };
}

/** Stalls for 105 s, and then downloads for 35 s. */
async function stallOnce(world: World, hash = torrent) {
  const { downloaded = 0, progress = 0.5 } = world.torrents.get(hash) ?? {};
  world.set(hash, { phase: 'stalled', downloaded: downloaded + 1, progress });
  await world.pass(105 * SECOND);
  world.set(hash, { phase: 'downloading', progress: progress + 0.001 });
  await world.pass(35 * SECOND);
}

async function startDownloading(options: Parameters<typeof startWorld>[0] = {}) {
  const world = startWorld({ policy, ...options });
  world.set(torrent, { progress: 0.5, eta: null });
  await world.pass(10 * SECOND);
  return world;
}

const atZero = (instants: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.keys(instants).map((name) => [name, 0]));

describe('a torrent that stalls repeatedly', () => {
  test('makes one sound', async () => {
    const world = await startDownloading();
    for (let n = 0; n < 4; n += 1) await stallOnce(world);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 1, silent: 3 });
    assert.equal(world.phone.cards.has(`${torrent}-err`), false);
  });

  test('makes another sound after an hour, however often it stalled in between', async () => {
    const world = await startDownloading();
    const since = world.clock.now();
    while (world.clock.now() < since + 5 * HOUR - 5 * MINUTE) await stallOnce(world);
    assert.equal(soundsOf(world, 'alert').audible, 5);
  });

  test('makes a sound for another torrent, and for another kind of alert', async () => {
    const world = await startDownloading();
    world.set(other, { progress: 0.5, eta: null });
    world.track(other);
    for (const hash of [torrent, other, torrent, other]) await stallOnce(world, hash);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 2, silent: 2 });
    world.set(torrent, { phase: 'failed' });
    await world.pass(MINUTE);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 3, silent: 2 });
  });

  test('makes one sound across a restart', async () => {
    const before = await startDownloading();
    await stallOnce(before);
    // The clock of the next run starts at 0: the sound was just before.
    const records = before.records();
    for (const record of records) record.sounded = atZero(record.sounded);
    assert.deepEqual(
      records.map(({ sounded }) => sounded),
      [{ stalled: 0 }],
    );
    const world = await startDownloading({ records });
    await stallOnce(world);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 0, silent: 1 });
  });

  test('makes a sound when the alert before never arrived', async () => {
    const world = await startDownloading();
    world.script.publish = () => failure('unreachable');
    await stallOnce(world);
    world.script.publish = () => ok({ live: true });
    await stallOnce(world);
    assert.ok(soundsOf(world, 'alert').audible >= 1);
  });

  test('makes a sound when it was added again: that is another download', async () => {
    const world = await startDownloading();
    await stallOnce(world);
    world.torrents.clear();
    await world.pass(MINUTE);
    world.set(torrent, { progress: 0.1, eta: null, phase: 'downloading' });
    world.track(torrent);
    await world.pass(10 * SECOND);
    await stallOnce(world);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 2, silent: 0 });
  });

  test('makes a sound although the time of the last one is in the future', async () => {
    const [record] = (await startDownloading()).records();
    assert.ok(record !== undefined);
    const world = await startDownloading({ records: [{ ...record, sounded: { stalled: 30 * HOUR } }] });
    await stallOnce(world);
    assert.deepEqual(soundsOf(world, 'alert'), { audible: 1, silent: 0 });
  });
});

test('a torrent that crashes repeatedly makes one sound', async () => {
  const world = await startDownloading();
  for (let n = 0; n < 2; n += 1) {
    world.script.poisoned.add(torrent);
    await world.pass(2 * MINUTE);
    world.script.poisoned.clear();
    // Longer than crashes are counted.
    await world.pass(40 * MINUTE);
  }
  assert.deepEqual(soundsOf(world, 'alert'), { audible: 1, silent: 1 });
});

/** qBittorrent fails until there is an incident, and then works again. */
async function failOnce(world: World, kind: 'unreachable' | 'broken' = 'unreachable') {
  const answer = world.script.observe;
  world.script.observe = () => failure(kind);
  await world.pass(5 * MINUTE);
  world.script.observe = answer;
  await world.pass(3 * MINUTE);
}

describe('a qBittorrent that fails repeatedly', () => {
  test('makes one sound an hour for each kind of failure', async () => {
    const world = await startDownloading();
    for (let n = 0; n < 5; n += 1) await failOnce(world);
    assert.deepEqual(soundsOf(world, 'incident'), { audible: 1, silent: 4 });
    await failOnce(world, 'broken');
    assert.deepEqual(soundsOf(world, 'incident'), { audible: 2, silent: 4 });
    await world.pass(HOUR);
    await failOnce(world);
    assert.deepEqual(soundsOf(world, 'incident'), { audible: 3, silent: 4 });
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
  });

  test('makes one sound across a restart', async () => {
    const before = await startDownloading();
    await failOnce(before);
    const sounds = Object.fromEntries(before.supervisor.getSnapshot().context.incidentSounds);
    assert.deepEqual(Object.keys(sounds), ['qbittorrent.unreachable']);
    const world = await startDownloading({ sounds: atZero(sounds) });
    await failOnce(world);
    assert.deepEqual(soundsOf(world, 'incident'), { audible: 0, silent: 1 });
  });

  test('makes a sound when the incident before never arrived', async () => {
    const world = await startDownloading();
    world.script.publish = () => failure('unreachable');
    await failOnce(world);
    world.script.publish = () => ok({ live: true });
    await failOnce(world);
    assert.ok(soundsOf(world, 'incident').audible >= 1);
  });
});

test('an outage with two alternating failures is one message, and a lasting change of the failure one more', async () => {
  const world = await startDownloading();
  let polls = 0;
  const alternate = () => failure((polls += 1) % 2 === 0 ? 'broken' : 'unreachable');
  world.script.observe = alternate;
  await world.pass(2 * HOUR);
  assert.ok(polls > 100, `${polls} polls`);
  assert.deepEqual(soundsOf(world, 'incident'), { audible: 1, silent: 0 });
  const shown = world.phone.cards.get('qbittorrent');
  assert.ok(shown?.kind === 'incident');
  const lasting = shown.failure.kind === 'broken' ? 'unreachable' : 'broken';
  world.script.observe = () => failure(lasting);
  await world.pass(HOUR);
  assert.deepEqual(soundsOf(world, 'incident'), { audible: 2, silent: 0 });
});

test('a disk that fails repeatedly makes one sound an hour', async () => {
  const world = await startDownloading();
  for (let n = 0; n < 5; n += 1) {
    world.supervisor.send({ type: 'store.degraded', problem: 'The state is only in memory.' });
    await world.pass(MINUTE);
    world.supervisor.send({ type: 'store.restored' });
    await world.pass(MINUTE);
  }
  assert.deepEqual(soundsOf(world, 'incident'), { audible: 1, silent: 4 });
});
