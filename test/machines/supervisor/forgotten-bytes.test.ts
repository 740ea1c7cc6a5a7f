/** qBittorrent can forget after an unclean end how many bytes it has downloaded: the torrent looks as if its data existed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TorrentRecord } from '../../../machines/domain.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';

const hash = hashOf(1);

/** It is complete now, and nothing is known of how. */
async function completeForgotten(world: World, n = 1): Promise<void> {
  world.set(hashOf(n), { phase: 'checking', progress: 0.2, downloaded: 0 });
  await world.pass(10 * SECOND);
  world.set(hashOf(n), { phase: 'complete', progress: 1, downloaded: 0, finishedAt: 5 });
  await world.pass(MINUTE);
}

/** The next process, with the same phone. */
function restart(world: World, policy: Partial<Parameters<typeof startWorld>[0]> = {}): World {
  const records: TorrentRecord[] = structuredClone(world.records());
  world.supervisor.stop();
  const next = startWorld({ records, phone: world.phone, skew: world.clock.now(), ...policy });
  for (const [key, torrent] of world.torrents) next.torrents.set(key, torrent);
  return next;
}

describe('a download whose bytes qBittorrent has forgotten is announced, with a sound,', () => {
  for (const [what, policy, count] of [
    ['without progress', { progress: 'none' }, 1],
    ['with a summary', { progress: 'summary' }, 1],
    ['when a summary has replaced its card', { summaryFrom: 2, rate: null }, 4],
    ['with a card', {}, 1],
  ] as const) {
    test(what, async () => {
      const world = startWorld({ policy });
      for (let n = 1; n <= count; n += 1) {
        world.set(hashOf(n), { name: `${n}.iso` });
        world.track(hashOf(n));
      }
      await world.pass(MINUTE);
      await completeForgotten(world);
      assert.equal(world.phone.sounds.get('1.iso'), 1);
    });

    test(`${what}, also after a restart`, async () => {
      const world = startWorld({ policy });
      for (let n = 1; n <= count; n += 1) {
        world.set(hashOf(n), { name: `${n}.iso` });
        world.track(hashOf(n));
      }
      await world.pass(MINUTE);
      const next = restart(world, { policy });
      await completeForgotten(next);
      assert.equal(next.phone.sounds.get('1.iso'), 1);
    });
  }
});

test('a torrent of which no byte was ever downloaded is not announced, also with a summary', async () => {
  const world = startWorld({ policy: { progress: 'summary' } });
  world.script.silent.add(hash);
  world.set(hash, { phase: 'checking', progress: 0.3, downloaded: 0 });
  world.track(hash);
  await world.pass(MINUTE);
  world.set(hash, { phase: 'complete', progress: 1, downloaded: 0, finishedAt: 5 });
  await world.pass(MINUTE);
  assert.equal(world.phone.completed.size, 0);
  assert.deepEqual(world.records(), []);
});

test('one that had a card without a byte is announced without a sound', async () => {
  const world = startWorld();
  world.script.silent.add(hash);
  world.set(hash, { name: '1.iso', downloaded: 0 });
  world.track(hash);
  await world.pass(MINUTE);
  await completeForgotten(world);
  assert.equal(world.phone.completed.get('1.iso'), 1);
  assert.equal(world.phone.sounds.get('1.iso'), undefined);
});

/** The writes of a minute in which so many bytes have been downloaded. */
const writesOf = async (progress: 'none' | 'cards', downloaded: number) => {
  const world = startWorld({ policy: { progress } });
  world.script.silent.add(hash);
  world.set(hash, { downloaded });
  world.track(hash);
  await world.pass(MINUTE);
  return world.written.length;
};

test('that it has received bytes costs one write where there are no cards, and none where there are', async () => {
  assert.equal(await writesOf('none', 5), (await writesOf('none', 0)) + 1);
  assert.equal(await writesOf('cards', 5), await writesOf('cards', 0));
});
