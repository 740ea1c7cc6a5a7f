/** Alerts that ntfy had not accepted when the process ended. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startDownload, startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';

const HASH = hashOf(1);
const ALERT = `${HASH}-err`;

const unreachable = () => failure('unreachable');

/** The sounds of its alert. */
const soundsOf = ({ phone }: World): number => phone.heard.filter((name) => name === ALERT).length;

/** The next process, with the same phone, records, digests and qBittorrent. */
function restart(world: World, options: WorldOptions = {}): World {
  const { clock, script, phone, digests, torrents } = world;
  world.supervisor.stop();
  const next = startWorld({
    phone,
    digests,
    skew: clock.now() + script.skew + SECOND,
    ...options,
    records: structuredClone(world.records()),
  });
  for (const [hash, torrent] of torrents) next.torrents.set(hash, torrent);
  return next;
}

/** A torrent in error whose alert ntfy does not accept. */
async function startUnsent(): Promise<World> {
  const world = await startDownload(HASH);
  world.script.publish = unreachable;
  world.set(HASH, { phase: 'failed' });
  await world.pass(2 * MINUTE);
  assert.ok(!world.phone.cards.has(ALERT));
  return world;
}

describe('an alert that ntfy had not accepted', () => {
  test('is sent after the restart, with one sound', async () => {
    const world = restart(await startUnsent());
    await world.pass(HOUR);
    assert.ok(world.phone.cards.has(ALERT));
    assert.equal(soundsOf(world), 1);
  });

  test('is sent once however often the process ends before that', async () => {
    let world = await startUnsent();
    for (let times = 0; times < 3; times += 1) {
      world = restart(world);
      world.script.publish = unreachable;
      await world.pass(2 * MINUTE);
    }
    world = restart(world);
    await world.pass(HOUR);
    assert.equal(soundsOf(world), 1);
    const again = restart(world);
    await again.pass(HOUR);
    assert.equal(again.published().filter(({ kind }) => kind === 'alert').length, 0);
    assert.equal(soundsOf(again), 1);
  });

  test('makes no second sound if only the answer of ntfy was lost', async () => {
    const before = await startDownload(HASH);
    const { publish } = before.script;
    before.script.publish = (notification) => {
      if (notification.kind !== 'alert') return publish(notification);
      before.phone.receive(notification);
      return failure('unreachable');
    };
    before.set(HASH, { phase: 'failed' });
    await before.pass(2 * MINUTE);
    const world = restart(before);
    await world.pass(HOUR);
    assert.equal(soundsOf(world), 1);
  });

  test('is not sent if the torrent works again, and nothing is left', async () => {
    const world = restart(await startUnsent());
    world.set(HASH, { phase: 'downloading' });
    await world.pass(10 * MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], [HASH]);
    assert.equal(soundsOf(world), 0);
  });

  test('is on one digest with the others, with one sound, if there are many', async () => {
    const hashes = Array.from({ length: 6 }, (_, n) => hashOf(n));
    const policy = { digestFrom: 4 };
    const before = startWorld({ policy });
    for (const hash of hashes) {
      before.set(hash, { progress: 0.5 });
      before.track(hash);
    }
    await before.pass(10 * SECOND);
    before.script.publish = unreachable;
    for (const hash of hashes) before.set(hash, { phase: 'failed' });
    await before.pass(2 * MINUTE);
    const world = restart(before, { policy });
    await world.pass(HOUR);
    const cards = [...world.phone.cards].filter(([name]) => !hashes.includes(name));
    assert.deepEqual(
      cards.map(([, card]) => card.kind === 'digest' && card.lines.length),
      [6],
    );
    assert.deepEqual(
      world.phone.heard,
      cards.map(([name]) => name),
    );
    const again = restart(world, { policy });
    await again.pass(HOUR);
    assert.deepEqual(again.published(), []);
  });
});
