/** The wall clock is set back and forward; timers do not depend on it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRecord } from '../../../machines/torrent/record.ts';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { completionsOf, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [first, second] = [hashOf(1), hashOf(2)];
const JUMPS = [-10 * HOUR, -20 * MINUTE, -20 * SECOND, 10 * HOUR];

const name = (jump: number) => `${Math.abs(jump) / SECOND} s ${jump < 0 ? 'back' : 'ahead'}`;

/** A slow download on a server with 250 messages a day, at 10:30 UTC. */
async function startScarce(progress: 'auto' | 'cards' = 'auto'): Promise<World> {
  const world = startWorld({ policy: { rate: 'auto', progress } });
  world.script.allowance = () => ({ daily: 250, left: 250 });
  await world.pass(10.5 * HOUR);
  world.set(first, { progress: 0.01 });
  world.track(first);
  return world;
}

/** Advances it by 0.4 % a minute. Returns the number of progress messages. */
async function advance(world: World, minutes: number): Promise<number> {
  const before = world.phone.accepted.filter(({ kind }) => kind === 'progress').length;
  for (let minute = 0; minute < minutes; minute += 1) {
    world.set(first, { progress: (world.torrents.get(first)?.progress ?? 0) + 0.004 });
    await world.pass(MINUTE);
  }
  return world.phone.accepted.filter(({ kind }) => kind === 'progress').length - before;
}

for (const jump of JUMPS) {
  describe(`a clock that is set ${name(jump)}`, () => {
    test('delays no progress on a server with few messages a day', async () => {
      const world = await startScarce('cards');
      const before = await advance(world, 60);
      assert.ok(before > 3, `${before} in the hour before`);
      world.script.skew += jump;
      const after = await advance(world, 60);
      // The day may be ten hours longer now, and its messages are spread over the rest of it.
      assert.ok(after >= before / 3, `${after} in the hour after, ${before} in the one before`);
    });

    test('delays no completion and repeats none, also while ntfy fails', async () => {
      const world = await startScarce();
      await advance(world, 10);
      world.set(second, { progress: 0.5 });
      world.track(second);
      await world.pass(MINUTE);
      const { publish } = world.script;
      world.script.publish = () => failure('broken');
      world.set(first, { phase: 'complete', progress: 1 });
      await world.pass(MINUTE);
      world.script.skew += jump;
      world.set(second, { phase: 'complete', progress: 1 });
      await world.pass(MINUTE);
      world.script.publish = publish;
      // Twice the longest pause between two attempts.
      await world.pass(10 * MINUTE);
      const completed = world.phone.accepted.flatMap(({ kind, key }) => (kind === 'completion' ? [key] : []));
      assert.deepEqual(completed.toSorted(), [first, second]);
      assert.ok(completionsOf(world).length >= 2);
    });

    test('delays no alert by more than its own delay', async () => {
      const world = startWorld();
      world.set(first, { progress: 0.5 });
      world.track(first);
      await world.pass(HOUR);
      world.set(first, { phase: 'stalled' });
      await world.pass(10 * MINUTE);
      world.script.skew += jump;
      await world.pass(31 * MINUTE);
      assert.ok(world.phone.cards.has(`${first}-err`));
    });

    test('does not count crashes that are hours apart as consecutive', async () => {
      const world = startWorld();
      world.set(first, { progress: 0.5 });
      world.track(first);
      const { observe } = world.script;
      for (let n = 0; n < 5; n += 1) {
        await world.pass(2 * HOUR);
        if (n === 1) world.script.skew += jump;
        world.script.observe = () => {
          world.script.observe = observe;
          throw new Error('a bug');
        };
        await world.pass(MINUTE);
      }
      assert.equal(world.supervisor.getSnapshot().status, 'active');
    });
  });
}

test('stored times in the future are replaced by the current time', () => {
  const ahead = 10 * HOUR;
  const record = {
    ...createRecord(first, ahead),
    finishHookAt: ahead,
    sounded: { stalled: ahead },
    shown: {
      percent: 5,
      phase: 'downloading' as const,
      estimate: { arrival: ahead, at: ahead, corrections: 0 },
    },
  };
  const world = startWorld({ records: [record], sounds: { 'qbittorrent.unreachable': ahead } });
  const [stored] = world.records();
  assert.deepEqual(
    [stored?.since, stored?.finishHookAt, stored?.sounded, stored?.shown?.estimate?.at],
    [0, 0, {}, 0],
  );
  assert.equal(world.supervisor.getSnapshot().context.incidentSounds.size, 0);
});
