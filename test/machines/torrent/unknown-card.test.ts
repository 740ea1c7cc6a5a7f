/** The process ended within the second after which it is stored what a card shows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Phase, TorrentRecord } from '../../../machines/domain.ts';
import { pressOn } from '../../support/command-topic.ts';
import { startDownload, startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, answerOf, cardOf, commandOf, download, executed, startButtons } from '../remote/scene.ts';

const HASH = hashOf(1);

/** The records as they are in the file: what the cards show was not written any more. */
const killed = (records: readonly TorrentRecord[]): TorrentRecord[] =>
  structuredClone(records).map((record) => Object.assign(record, { shown: null }));

/** The phase on the progress card that the phone shows; `null` for none. */
function shownPhase(world: World): Phase | null {
  const card = cardOf(world, HASH);
  return card?.kind === 'progress' ? card.card.phase : null;
}

/** The next process, in which the torrent is in this phase. */
async function startAfterKill(phase: Phase, options: WorldOptions = {}) {
  const before = await startDownload(HASH);
  assert.equal(shownPhase(before), 'downloading');
  before.supervisor.stop();
  const world = startWorld({ phone: before.phone, ...options, records: killed(before.records()) });
  world.set(HASH, { ...before.torrents.get(HASH), phase });
  await world.pass(3 * MINUTE);
  return world;
}

describe('a card of which the process does not know what it shows', () => {
  for (const phase of ['stopped', 'queued', 'checking', 'moving', 'failed', 'metadata', 'stalled'] as const)
    test(`shows ${phase} after the restart, and is sent once`, async () => {
      const world = await startAfterKill(phase);
      assert.equal(shownPhase(world), phase);
      await world.pass(HOUR);
      assert.equal(world.published().filter(({ kind }) => kind === 'progress').length, 1);
    });

  test('is deleted when the torrent is complete or removed', async () => {
    const world = await startAfterKill('complete');
    assert.deepEqual([...world.phone.cards.keys()], [`${HASH}-done`]);
    const other = await startAfterKill('stopped');
    other.torrents.delete(HASH);
    await other.pass(3 * MINUTE);
    assert.deepEqual([...other.phone.cards.keys()], []);
  });

  test('answers a press that was accepted before, and has the next buttons', async () => {
    const world = await startButtons();
    const hash = await download(world);
    pressOn(world.script.stream, commandOf(world, hash, 'pause'));
    await world.pass(1);
    const { clock, script, phone, buttons, torrents } = world;
    world.supervisor.stop();
    const next = startWorld({
      records: killed(world.records()),
      phone,
      buttons,
      skew: clock.now() + script.skew,
      policy: { rate: null, summaryFrom: null },
    });
    for (const [key, torrent] of torrents) next.torrents.set(key, torrent);
    next.set(hash, { phase: 'stopped' });
    await next.pass(4 * SECOND);
    assert.deepEqual(executed(next), ['pause']);
    assert.equal(answerOf(next, hash)?.action, 'pause');
    assert.deepEqual(actionsOf(next, hash), ['resume', 'mute', 'delete']);
  });
});

test('a torrent that is stopped before it has had a card gets none', async () => {
  const world = startWorld({ records: [] });
  world.set(HASH, { phase: 'stopped', progress: 0.3 });
  world.track(HASH);
  await world.pass(MINUTE);
  assert.deepEqual([...world.phone.cards.keys()], []);
});
