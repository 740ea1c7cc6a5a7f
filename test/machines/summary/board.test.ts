/** Which torrents count as downloads of a topic, and when a summary begins. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createBoard,
  isInSummary,
  leave,
  observe,
  recordServer,
  resume,
} from '../../../machines/summary/board.ts';
import type { Member, SummaryBoard } from '../../../machines/summary/board.ts';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import { NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import { createTestBoard, hashOf, MINUTE, policy, seen } from '../fixtures.ts';

const member: Member = {
  observation: seen(),
  progress: { ...NOT_OBSERVED, phase: 'downloading', percent: 50 },
};

/** Downloads from number `from` to `to` on this topic. Returns whether any of them caused an event. */
function join(board: SummaryBoard, from: number, to: number, route = 'default'): boolean {
  let isEvent = false;
  for (let n = from; n <= to; n += 1) isEvent = observe(board, hashOf(n), route, member) || isEvent;
  return isEvent;
}

const countOn = (board: SummaryBoard, route = 'default') => board.topics.get(route)?.members.size ?? 0;

describe('a summary', () => {
  test('begins with one download more than the threshold, which causes one event', () => {
    const board = createTestBoard();
    assert.equal(join(board, 1, 8), false);
    assert.equal(isInSummary(board, 'default'), false);
    assert.equal(observe(board, hashOf(9), 'default', member), true);
    assert.equal(isInSummary(board, 'default'), true);
    assert.equal(join(board, 1, 30), false);
  });

  test('begins on the topic of its downloads only', () => {
    const board = createTestBoard();
    join(board, 1, 8);
    join(board, 11, 19, 'films');
    assert.deepEqual([isInSummary(board, 'default'), isInSummary(board, 'films')], [false, true]);
  });

  test('does not begin without a threshold, with another mode, or where ntfy has no sequence IDs', () => {
    for (const board of [
      createTestBoard({ summaryFrom: null }),
      createTestBoard({ progress: 'cards' }),
      createTestBoard({ progress: 'milestones' }),
    ]) {
      join(board, 1, 100);
      assert.equal(isInSummary(board, 'default'), false);
    }
    const board = createTestBoard();
    recordServer(board, { live: false, isScarce: false });
    join(board, 1, 100);
    assert.equal(isInSummary(board, 'default'), false);
  });

  test('replaces no card as soon as ntfy turns out to have no sequence IDs', () => {
    const board = createTestBoard();
    join(board, 1, 9);
    recordServer(board, { live: false, isScarce: false });
    assert.equal(isInSummary(board, 'default'), false);
  });

  test('has an event for its first download, after it had none', () => {
    const board = createTestBoard();
    join(board, 1, 9);
    for (let n = 1; n <= 9; n += 1) leave(board, hashOf(n));
    assert.equal(observe(board, hashOf(1), 'default', member), true);
    assert.equal(observe(board, hashOf(2), 'default', member), false);
  });
});

describe('a torrent', () => {
  test('counts once, however often it is observed', () => {
    const board = createTestBoard();
    for (let times = 0; times < 20; times += 1) join(board, 1, 3);
    assert.equal(countOn(board), 3);
    assert.equal(board.topics.get('default')?.changes, 3);
  });

  test('that moves to another topic counts there', () => {
    const board = createTestBoard();
    join(board, 1, 3);
    observe(board, hashOf(2), 'films', member);
    assert.deepEqual([countOn(board), countOn(board, 'films')], [2, 1]);
    assert.equal(board.places.size, 3);
  });

  test('that does not download any more leaves, also twice', () => {
    const board = createTestBoard();
    join(board, 1, 3);
    observe(board, hashOf(1), null, member);
    leave(board, hashOf(1));
    leave(board, hashOf(99));
    assert.deepEqual([countOn(board), board.topics.get('default')?.changes], [2, 4]);
  });
});

test('a topic is forgotten with its last download, unless a summary may be there', () => {
  const board = createTestBoard();
  join(board, 1, 1, 'films');
  leave(board, hashOf(1));
  assert.deepEqual([board.topics.size, board.places.size], [0, 0]);
  join(board, 1, 9);
  for (let n = 1; n <= 9; n += 1) leave(board, hashOf(n));
  assert.equal(board.topics.size, 1);
});

test('the time of few downloads begins at half of the threshold, and ends above it', () => {
  const clock = { now: 0 };
  const board = createTestBoard({}, () => clock.now);
  join(board, 1, 9);
  const topic = board.topics.get('default') ?? assert.fail('it has no topic');
  clock.now = MINUTE;
  for (let n = 6; n <= 9; n += 1) leave(board, hashOf(n));
  assert.equal(topic.fewSince, null);
  leave(board, hashOf(5));
  assert.equal(topic.fewSince, MINUTE);
  clock.now = 2 * MINUTE;
  leave(board, hashOf(4));
  assert.equal(topic.fewSince, MINUTE);
  join(board, 4, 5);
  assert.equal(topic.fewSince, null);
});

test('after a start, the topics on which a summary may be have one, without a download', () => {
  const board = createBoard({
    settings: { policy, rules: NO_RULES },
    now: () => 5,
    hasTorrents: () => true,
    stored: ['default', 'films'],
  });
  assert.deepEqual([isInSummary(board, 'films'), isInSummary(board, 'default')], [true, true]);
  join(board, 1, 9, 'books');
  join(board, 11, 19);
  resume(board);
  assert.deepEqual([...board.topics.keys()], ['default', 'films']);
  assert.deepEqual([board.places.size, countOn(board), board.observedAt], [0, 0, null]);
});
