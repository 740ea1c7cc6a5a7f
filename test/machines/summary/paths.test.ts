/** Every state of the actor is reached, and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyMachineSnapshot } from 'xstate';
import type { RequestedNotification } from '../../../machines/domain.ts';
import { createBoard, observe } from '../../../machines/summary/board.ts';
import type { SummaryBoard } from '../../../machines/summary/board.ts';
import { summaryMachine } from '../../../machines/summary/machine.ts';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import { NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import { hashOf, MINUTE, policy, seen } from '../fixtures.ts';
import { explore, placeOf, unentered } from '../graph.ts';

const boardIn = ({ context }: AnyMachineSnapshot) => context.board as SummaryBoard;

const published: RequestedNotification = {
  id: '1',
  kind: 'summary',
  key: 'summary',
  at: 0,
  downloads: 1,
  percent: 0,
  speed: 0,
  eta: null,
  lines: [],
};
const deleted: RequestedNotification = { id: '2', kind: 'summary-delete', key: 'summary' };

/** A board with so many downloads, or with what an earlier run has stored. */
function boardWith(now: () => number, downloads: number, stored: readonly string[]): SummaryBoard {
  const board = createBoard({
    settings: { policy: { ...policy, summaryFrom: 1 }, rules: NO_RULES },
    now,
    hasTorrents: () => downloads > 0,
    stored,
  });
  for (let n = 0; n < downloads; n += 1)
    observe(board, hashOf(n), 'default', { observation: seen(), progress: NOT_OBSERVED });
  return board;
}

/** On how many topics a summary may be. */
const storedIn = (snapshot: AnyMachineSnapshot) =>
  [...boardIn(snapshot).topics.values()].filter(({ isStored }) => isStored).length;

describe('the actor of summaries', () => {
  const all = [
    { downloads: 0, stored: [] },
    { downloads: 0, stored: ['default'] },
    { downloads: 2, stored: [] },
    { downloads: 2, stored: ['default'] },
  ].map(({ downloads, stored }) =>
    explore({
      machine: summaryMachine,
      input: (now) => ({ board: boardWith(now, downloads, stored), nextId: () => '1' }),
      facts: (snapshot) =>
        [...boardIn(snapshot).topics.values()].map(({ summary, isStored, published, checkedAt }) => [
          summary,
          isStored,
          published === null,
          // How long it waits for polls.
          Math.min(8, Math.floor((checkedAt ?? 0) / 10_000)),
        ]),
      events: () => [
        { type: 'summary.changed' },
        { type: 'summary.changed', later: 2 * MINUTE },
        ...[published, deleted].flatMap((notification) =>
          (['accepted', 'superseded', 'refused'] as const).map((outcome) => ({
            type: 'notification.settled',
            notification,
            outcome,
          })),
        ),
      ],
    }),
  );
  const edges = all.flatMap((explored) => explored.edges);

  test('gets into each of its states', () => {
    assert.deepEqual(unentered(summaryMachine, all), []);
  });

  test('gets to idle wherever nothing downloads', () => {
    for (const { stuck } of all.slice(0, 2))
      assert.deepEqual(
        stuck((snapshot) => placeOf(snapshot) === 'idle'),
        [],
      );
  });

  test('has no timer only where no topic has a summary', () => {
    for (const { to } of edges) {
      if (placeOf(to) !== 'idle') continue;
      assert.deepEqual(
        [...boardIn(to).topics.values()].filter(({ summary }) => summary !== 'none'),
        [],
      );
    }
  });

  test('forgets a summary only when its deletion is settled', () => {
    for (const { from, event, to } of edges)
      if (storedIn(to) < storedIn(from)) assert.equal(event['notification'], deleted);
  });
});
