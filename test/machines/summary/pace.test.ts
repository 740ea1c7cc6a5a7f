/** When a summary is worth a message: intervals, topics, and the coarse steps of a small quota. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PublishedSummary, TopicBoard } from '../../../machines/summary/board.ts';
import { observe, recordServer } from '../../../machines/summary/board.ts';
import { isWorthSending, nextCheckIn, updateInterval } from '../../../machines/summary/pace.ts';
import type { SummaryFigures } from '../../../machines/summary/types.ts';
import { NOT_OBSERVED } from '../../../machines/torrent/progress.ts';
import { createTestBoard, hashOf, MINUTE, SECOND, seen } from '../fixtures.ts';
import type { Policy } from '../../../machines/policy.ts';

/** A board with so many topics that have a summary. */
function boardWith(topics: number, over: Partial<Policy> = {}) {
  const board = createTestBoard({ summaryFrom: 1, ...over });
  for (let topic = 0; topic < topics; topic += 1)
    for (let n = 0; n < 2; n += 1)
      observe(board, hashOf(10 * topic + n), `topic${topic}`, {
        observation: seen(),
        progress: NOT_OBSERVED,
      });
  return board;
}

describe('the interval of updates', () => {
  const intervals: [rate: Policy['rate'], topics: number, seconds: number][] = [
    [null, 1, 10],
    [60, 1, 10],
    // Every second message.
    ['auto', 1, 12],
    [10, 1, 12],
    [1, 1, 120],
    ['auto', 3, 36],
    [null, 3, 30],
  ];
  for (const [rate, topics, seconds] of intervals)
    test(`is ${seconds} s with a rate of ${rate} and ${topics} topic(s) with a summary`, () => {
      assert.equal(updateInterval(boardWith(topics, { rate })), seconds * SECOND);
    });

  test('is a minute where only coarse steps are sent', () => {
    const board = boardWith(2);
    recordServer(board, { live: true, isScarce: true });
    assert.equal(updateInterval(board), MINUTE);
  });
});

test('without a summary there is nothing to wait for', () => {
  assert.equal(nextCheckIn(createTestBoard()), null);
  assert.equal(nextCheckIn(boardWith(1)), 0);
});

const contentWith = (over: Partial<SummaryFigures> = {}): SummaryFigures => ({
  at: 5 * MINUTE,
  downloads: 9,
  percent: 49,
  speed: 1,
  eta: null,
  lines: [],
  ...over,
});

describe('with a small daily quota', () => {
  const board = createTestBoard();
  recordServer(board, { live: true, isScarce: true });
  const published: PublishedSummary = { shown: '', at: 0, downloads: 9, percent: 30, changes: 9 };
  const topicWith = (over: Partial<PublishedSummary> = {}, changes = 9): TopicBoard => ({
    route: 'default',
    members: new Map(),
    changes,
    summary: 'shown',
    fewSince: null,
    isStored: true,
    checkedAt: 0,
    answer: null,
    published: { ...published, ...over },
  });
  test('a percent is not worth a message, the next quarter is', () => {
    assert.equal(isWorthSending(board, topicWith(), contentWith()), false);
    assert.equal(isWorthSending(board, topicWith(), contentWith({ percent: 50 })), true);
    assert.equal(isWorthSending(board, topicWith(), contentWith({ percent: 10 })), false);
  });

  test('a download that joined or left is worth one after twenty minutes', () => {
    assert.equal(isWorthSending(board, topicWith({}, 10), contentWith({ downloads: 10 })), false);
    assert.equal(isWorthSending(board, topicWith({}, 10), contentWith({ at: 20 * MINUTE })), true);
    assert.equal(isWorthSending(board, topicWith(), contentWith({ at: 20 * MINUTE })), false);
  });

  test('the last download and the next first one are worth one at once', () => {
    assert.equal(isWorthSending(board, topicWith({}, 18), contentWith({ downloads: 0 })), true);
    assert.equal(isWorthSending(board, topicWith({ downloads: 0 }), contentWith({ downloads: 1 })), true);
  });

  test('the first one is sent', () => {
    assert.equal(isWorthSending(board, { ...topicWith(), published: null }, contentWith()), true);
  });
});
