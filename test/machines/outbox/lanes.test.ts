import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLanes, depth, isSuperseded, next, put, remove } from '../../../machines/outbox/lanes.ts';
import type { Notification, RequestedNotification } from '../../../machines/domain.ts';
import { completionOf, hashOf, progressOf } from '../fixtures.ts';

const [a, b, c] = [hashOf(1), hashOf(2), hashOf(3)];
const atOnce = () => 0;

function lanesOf(...notifications: RequestedNotification[]) {
  const lanes = createLanes();
  for (const notification of notifications) put(lanes, notification);
  return lanes;
}

const first = (
  lanes: ReturnType<typeof createLanes>,
  budgetWait: (notification: RequestedNotification) => number = atOnce,
  cardWait: (notification: RequestedNotification) => number = atOnce,
) => next(lanes, budgetWait, cardWait);

/** Progress that answers a press of a button. */
const answerOf = (key: string) => ({ ...progressOf(key, 2), isUpdate: true }) as RequestedNotification;

describe('the waiting notification of a torrent', () => {
  test('is the newest one', () => {
    const lanes = lanesOf(progressOf(a, 1), progressOf(a, 2), progressOf(a, 3));
    assert.equal(depth(lanes), 1);
    assert.deepEqual(first(lanes)?.notification, progressOf(a, 3));
  });

  test('is only its completion, once it is complete', () => {
    const lanes = lanesOf(progressOf(a, 99), completionOf(a));
    assert.equal(depth(lanes), 1);
    assert.equal(first(lanes)?.notification.kind, 'completion');
  });

  test('keeps its place in the queue when it is replaced', () => {
    const lanes = lanesOf(progressOf(a, 1), progressOf(b, 1), progressOf(a, 2));
    assert.equal(first(lanes)?.notification.key, a);
  });

  test('precedes other progress if it answers a press, in the order of the presses', () => {
    const lanes = lanesOf(
      progressOf(a, 1),
      progressOf(b, 1),
      answerOf(c),
      progressOf(hashOf(4), 1),
      answerOf(b),
    );
    const order = [];
    for (let head = first(lanes); head !== null; head = first(lanes)) {
      order.push(head.notification.key);
      remove(lanes, head.notification);
    }
    assert.deepEqual(order, [c, b, a, hashOf(4)]);
  });

  test('does not exist after it was removed', () => {
    const lanes = lanesOf(progressOf(a, 1));
    assert.ok(isSuperseded(lanes, progressOf(a, 1)));
    remove(lanes, progressOf(a, 1));
    assert.ok(!isSuperseded(lanes, progressOf(a, 1)));
    assert.equal(first(lanes), null);
  });
});

describe('the next notification', () => {
  test('is a completion, then a card deletion, then progress', () => {
    const lanes = lanesOf(
      progressOf(a, 1),
      { id: 'd', kind: 'card-delete', key: b, shown: false, alerted: false },
      completionOf(c),
    );
    const order = [];
    for (let head = first(lanes); head !== null; head = first(lanes)) {
      order.push(head.notification.kind);
      remove(lanes, head.notification);
    }
    assert.deepEqual(order, ['completion', 'card-delete', 'progress']);
  });

  test('is one whose card may be updated, before one whose card was updated too recently', () => {
    const lanes = lanesOf(progressOf(a, 1), progressOf(b, 1));
    const wait = first(lanes, atOnce, ({ key }) => (key === a ? 800 : 0));
    assert.deepEqual(wait, { notification: progressOf(b, 1), wait: 0 });
  });

  test('is progress without a wait, before a completion that has to wait for its card', () => {
    const lanes = lanesOf(completionOf(a), progressOf(b, 1));
    assert.equal(first(lanes, atOnce, ({ key }) => (key === a ? 500 : 0))?.notification.key, b);
  });

  test('is the one with the shortest wait while all have to wait', () => {
    const lanes = lanesOf(completionOf(a), progressOf(b, 1));
    const waits: Partial<Record<Notification['kind'], number>> = { completion: 700, progress: 300 };
    assert.deepEqual(
      first(lanes, ({ kind }) => waits[kind] ?? 0),
      { notification: progressOf(b, 1), wait: 300 },
    );
  });

  test('waits for the budget or for its card, whichever takes longer', () => {
    assert.equal(
      first(
        lanesOf(progressOf(a, 1)),
        () => 300,
        () => 900,
      )?.wait,
      900,
    );
  });

  test('does not exist while each one waits for an answer', () => {
    assert.equal(
      first(lanesOf(progressOf(a, 1), completionOf(b)), atOnce, () => Infinity),
      null,
    );
  });

  test('is found in one step among ten thousand that wait for the budget', () => {
    const lanes = lanesOf(...Array.from({ length: 10_000 }, (_, n) => progressOf(hashOf(n), 1)));
    let steps = 0;
    const found = first(
      lanes,
      () => 6000,
      () => {
        steps += 1;
        return 0;
      },
    );
    assert.equal(found?.wait, 6000);
    assert.equal(steps, 1);
  });
});
