/** Every state of the actor of quiet hours is reached, and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyMachineSnapshot } from 'xstate';
import { composeDigests } from '../../../machines/quiet/compose.ts';
import { quietMachine } from '../../../machines/quiet/machine.ts';
import { memberOf } from '../../../machines/digest/members.ts';
import { createQuietDigest } from '../../../machines/quiet/pending.ts';
import type { QuietDigest } from '../../../machines/quiet/pending.ts';
import { silence } from '../../../machines/quiet/sound.ts';
import { completionOf, hashOf, MINUTE } from '../fixtures.ts';
import { explore, placeOf, unentered } from '../graph.ts';

/** Quiet for two minutes from the start. */
const END = 2 * MINUTE;

const digestOf = ({ context }: AnyMachineSnapshot) => context.digest as QuietDigest;

const input = (now: () => number, isPending: boolean) => {
  const member = memberOf(completionOf(hashOf(1)));
  assert.ok(member !== null);
  const digest = createQuietDigest({
    hours: () => ({
      periodAt: (at) => ({ isQuiet: at < END, until: at < END ? END : Infinity }),
      through: new Set(),
    }),
    now,
    isCompleting: () => false,
    takeUnheard: () => [],
    save: () => {},
    stored: { id: null, members: isPending ? [member] : [], dropped: {}, announced: [] },
  });
  return { digest, nextId: () => '1' };
};

describe('the actor of quiet hours', () => {
  const all = [true, false].map((isPending) =>
    explore({
      machine: quietMachine,
      input: (now) => input(now, isPending),
      facts: (snapshot) => digestOf(snapshot).members.size,
      events: (snapshot) => [
        { type: 'quietDigest.changed' },
        { type: 'quietDigest.changed', later: 3 * MINUTE },
        ...(placeOf(snapshot) === 'sending'
          ? composeDigests(digestOf(snapshot), () => '2').flatMap((notification) =>
              [notification, silence(notification)].flatMap((sent) =>
                (['accepted', 'superseded'] as const).map((outcome) => ({
                  type: 'notification.settled',
                  notification: sent,
                  outcome,
                })),
              ),
            )
          : []),
      ],
    }),
  );
  const edges = all.flatMap((explored) => explored.edges);

  test('gets into each of its states, and from each to idle', () => {
    assert.deepEqual(unentered(quietMachine, all), []);
    for (const { stuck } of all)
      assert.deepEqual(
        stuck((snapshot) => placeOf(snapshot) === 'idle'),
        [],
      );
  });

  test('is idle only when nothing is pending', () => {
    for (const { to } of edges) {
      const isIdle = placeOf(to) === 'idle';
      if (isIdle) assert.equal(digestOf(to).members.size, 0);
    }
  });

  test('loses a member only when ntfy accepted a digest with a sound', () => {
    for (const { from, event, to } of edges) {
      if (digestOf(to).members.size === digestOf(from).members.size) continue;
      assert.equal(event['outcome'], 'accepted');
      assert.equal('withoutSound' in (event['notification'] as object), false);
    }
  });
});
