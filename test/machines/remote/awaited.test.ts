/** Accepted presses that wait for the actor of their torrent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { pressOn } from '../../support/command-topic.ts';
import { startWorld } from '../../support/world.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { commandOf, download, startButtons } from './scene.ts';
import type { ButtonWorld } from './scene.ts';

/** Kills the process. The next one has further torrents. */
function restart(world: ButtonWorld, others: readonly TorrentRecord[]): ButtonWorld {
  const records = [...others, ...structuredClone(world.records())];
  const { clock, phone, torrents, buttons } = world;
  world.supervisor.stop();
  const policy = { rate: null, summaryFrom: null };
  const next = startWorld({ records, phone, buttons, policy, skew: clock.now() + 5 * SECOND });
  for (const [hash, torrent] of torrents) next.torrents.set(hash, torrent);
  for (const { hash } of others) next.set(hash, { phase: 'queued' });
  return { ...next, buttons };
}

const isMuted = (world: ButtonWorld, hash: string): boolean =>
  (world.records().find(({ key }) => key === hash)?.remote?.muted ?? null) !== null;

describe('Mute is not lost', () => {
  test('if the actor of its torrent has crashed', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await download(world, 2);
    const command = commandOf(world, hash, 'mute');
    world.script.poisoned.add(hash);
    await world.pass(6 * SECOND);
    assert.ok(world.events.some(({ type }) => type === 'torrent.crashed'));
    pressOn(world.script.stream, command);
    world.script.poisoned.delete(hash);
    await world.pass(2 * MINUTE);
    assert.ok(isMuted(world, hash));
  });

  test('if a kill follows, and a thousand torrents are started before its own', async () => {
    const world = await startButtons();
    const hash = await download(world);
    pressOn(world.script.stream, commandOf(world, hash, 'mute'));
    await world.pass(10);
    const others = Array.from({ length: 1000 }, (_, n) => createRecord(hashOf(n + 10), 0));
    const next = restart(world, others);
    await next.pass(5 * SECOND);
    assert.ok(isMuted(next, hash));
  });

  test('but a torrent that crashes again and again is not awaited for ever', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await download(world, 2);
    world.script.poisoned.add(hash);
    await world.pass(6 * SECOND);
    pressOn(world.script.stream, commandOf(world, hash, 'mute'));
    await world.pass(11 * MINUTE);
    assert.deepEqual(
      world.buttons.stored().presses.map(({ isDone }) => isDone),
      [true],
    );
  });
});
