/** Every state of a torrent is reached, and leads to an end; it is neither complete nor removed by mistake. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { createRecord } from '../../machines/torrent/record.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import { createIds } from '../../machines/notification-ids.ts';
import type { Phase, Stage } from '../../machines/domain.ts';
import { hashOf, policy, progressOf, seen } from './fixtures.ts';
import { createTestRules } from '../support/rules.ts';
import type { Said } from '../support/rules.ts';
import { DEPS, explore, placeOf, unentered } from './graph.ts';

const first = hashOf(1);
const MISSED_AGAIN = ['torrent.missed', 1, true];

const PHASE_NAMES =
  'metadata queued downloading stalled stopped unselected checking moving failed complete unknown';
const PHASES = PHASE_NAMES.split(' ') as Phase[];

const isAt =
  (...places: string[]) =>
  (snapshot: AnyMachineSnapshot) =>
    places.includes(placeOf(snapshot));

const answerTo = (
  id: string,
  kind: 'progress' | 'completion' | 'removed' | 'card-delete' = 'progress',
): AnyEventObject => ({
  type: 'notification.settled',
  notification: { ...progressOf(first, 50), ...(kind === 'progress' ? {} : { kind }), id },
  outcome: 'accepted',
});

/** The card on a former topic is deleted; the rules that exclude progress make the default topic one. */
const oldCardsDeleted = ['former', 'default'].map((route): AnyEventObject => ({
  type: 'notification.settled',
  notification: { kind: 'card-delete', key: first, moved: true, route, id: 'older' },
  outcome: 'accepted',
}));

/** A rule that announces removals, and one that excludes everything. */
const ANNOUNCES: Said = { rule: 'r', send: ['progress', 'completion', 'alerts', 'removed'] };
const EXCLUDES: Said = { rule: 'r', send: [] };

/** The kind of the notification that a torrent in this state waits for. */
function kindOf(value: unknown) {
  const place = JSON.stringify(value);
  if (place.includes('completion')) return 'completion';
  if (place.includes('removalNotice')) return 'removed';
  return /cardDeletion|removal/.test(place) ? 'card-delete' : 'progress';
}

const showsComplete = (event: AnyEventObject) =>
  event.type === 'torrent.observed' && (event['observation'] as { phase: Phase }).phase === 'complete';

const isFinished = (event: AnyEventObject) => showsComplete(event) || event.type === 'finishHook.received';

describe('a torrent', () => {
  const card = { percent: 50, phase: 'downloading' } as const;
  const exploreFrom = (stage: Stage, shown: typeof card | null = null, said: Said | null = null) =>
    explore({
      machine: torrentMachine,
      input: () => ({
        policy,
        deps: {
          ...DEPS,
          nextId: createIds(),
          ...(said === null ? {} : { rules: createTestRules(() => said).rules }),
        },
        ready: false,
        record: {
          ...createRecord(first, 0),
          stage,
          shown,
          finished: seen({ phase: 'complete' }),
          ...(said === null ? {} : { oldCards: ['former'] }),
        },
      }),
      facts: ({ context: { misses, record, requestedCard, alert, finishedSince } }) => [
        Math.min(2, misses),
        finishedSince !== null,
        record.readdedAs,
        record.oldCards.length,
        record.removal !== null,
        record.shown !== null || requestedCard !== null,
        alert,
      ],
      events: ({ context: { seen: last, pending }, value }) => [
        { type: 'session.ready' },
        { type: 'session.lost' },
        { type: 'torrent.missed' },
        { type: 'torrent.readded', hash: first },
        { type: 'finishHook.received', at: (last as { at: number }).at },
        ...PHASES.flatMap((phase) =>
          [0, 1].map((progress) => ({
            type: 'torrent.observed',
            observation: seen({ hash: first, phase, progress, downloaded: progress }),
            at: (last as { at: number }).at + 5000,
            askedAt: (last as { at: number }).at + 4950,
            completion: DEFAULT_COMPLETION,
            complete: 1,
          })),
        ),
        ...[pending as string | null, 'older'].flatMap((id) =>
          id === null ? [] : [answerTo(id, kindOf(value))],
        ),
        ...(said === null
          ? []
          : [...oldCardsDeleted, { ...answerTo(String(pending)), type: 'notification.diverted' }]),
      ],
    });
  const fresh = exploreFrom('tracked');
  const all = [
    fresh,
    exploreFrom('tracked', card),
    exploreFrom('completing', card),
    exploreFrom('completed', card),
    exploreFrom('removed', card),
    exploreFrom('tracked', card, ANNOUNCES),
    exploreFrom('tracked', card, EXCLUDES),
  ];

  test('reaches each of its states, and from each an end', () => {
    assert.deepEqual(unentered(torrentMachine, all), []);
    for (const { stuck } of all) assert.deepEqual(stuck(isAt('complete', 'removed')), []);
  });

  test('is removed only when it was missed twice in a row', () => {
    const removals = fresh.paths.filter(({ state }) => placeOf(state) === 'removed');
    assert.ok(removals.length > 0);
    for (const { events } of removals) {
      const polls = events.map(({ type }) => type).filter((type) => /observed|missed/.test(type));
      assert.deepEqual(polls.slice(-2), ['torrent.missed', 'torrent.missed']);
    }
    for (const { from, event, to } of fresh.edges) {
      const isRemoved = isAt('removed', 'notifying.removal');
      if (!isRemoved(to) || isRemoved(from)) continue;
      assert.deepEqual([event.type, from.context.misses], ['torrent.missed', 1]);
    }
  });

  test('is complete only by a finished state, or by the finish hook once it is missing; never by its progress', () => {
    const completions = fresh.paths.filter(({ state }) => placeOf(state) === 'complete');
    assert.ok(completions.length > 0);
    for (const { events } of completions) assert.ok(events.some(isFinished));
    for (const { from, event, to } of fresh.edges) {
      const isComplete = isAt('complete', 'notifying.completion', 'notifying.cardDeletion');
      if (!isComplete(to) || isComplete(from) || isFinished(event)) continue;
      assert.deepEqual([event.type, from.context.misses, from.context.finishedSince !== null], MISSED_AGAIN);
    }
  });

  test('does not leave its end state', () => {
    for (const { from, to } of all.flatMap(({ edges }) => edges)) {
      if (isAt('complete', 'removed')(from)) assert.equal(placeOf(to), placeOf(from));
    }
  });
});
