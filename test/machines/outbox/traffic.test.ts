import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { put, remove } from '../../../machines/outbox/lanes.ts';
import { settle } from '../../../machines/outbox/settling.ts';
import {
  createTraffic,
  enqueueNotification,
  freeSlot,
  markSent,
  oldest,
  skipped,
  upcoming,
} from '../../../machines/outbox/traffic.ts';
import type { Policy } from '../../../machines/policy.ts';
import { completionOf, hashOf, policy, progressOf } from '../fixtures.ts';

const [a, b] = [hashOf(1), hashOf(2)];
const cardDelete = {
  kind: 'card-delete',
  key: a,
  shown: true,
  alerted: false,
} as const;

function trafficAt(start: number, over: Partial<Policy> = {}) {
  const clock = { now: start };
  return { clock, traffic: createTraffic({ policy: { ...policy, ...over }, now: () => clock.now }) };
}

describe('two messages of one card', () => {
  test('are at least 1.1 seconds apart', () => {
    const { clock, traffic } = trafficAt(1000);
    markSent(traffic, a);
    put(traffic.lanes, progressOf(a, 2));
    assert.equal(upcoming(traffic)?.wait, 1100);
    clock.now += 1099;
    assert.equal(upcoming(traffic)?.wait, 1);
    clock.now += 1;
    assert.equal(upcoming(traffic)?.wait, 0);
  });

  test('do not delay a completion, which has its own card', () => {
    const { traffic } = trafficAt(1000);
    markSent(traffic, a);
    put(traffic.lanes, completionOf(a));
    assert.equal(upcoming(traffic)?.wait, 0);
  });

  test('are never in flight at the same time', () => {
    const { traffic } = trafficAt(1000);
    traffic.inFlight.set(freeSlot(traffic), progressOf(a, 1));
    put(traffic.lanes, completionOf(a));
    put(traffic.lanes, progressOf(b, 1));
    assert.equal(upcoming(traffic), null, 'one at a time, until ntfy has answered as a new version');
    assert.equal(upcoming({ ...traffic, live: true })?.notification.key, b);
  });

  test('do not wait for hours when the clock was set back', () => {
    const { clock, traffic } = trafficAt(10_000_000);
    markSent(traffic, a);
    put(traffic.lanes, completionOf(a));
    clock.now = 1000;
    assert.ok((upcoming(traffic)?.wait ?? Infinity) <= 1100);
  });
});

test('at most four messages are in flight', () => {
  const { traffic } = trafficAt(0);
  const slots = [1, 2, 3, 4].map((n) => {
    const slot = freeSlot(traffic);
    traffic.inFlight.set(slot, progressOf(hashOf(n), 1));
    return slot;
  });
  assert.equal(new Set(slots).size, 4);
  put(traffic.lanes, completionOf(hashOf(9)));
  assert.equal(upcoming(traffic), null);
});

test('the time of a sent message is stored only for the minimum interval of its card', () => {
  const { clock, traffic } = trafficAt(0);
  for (let n = 0; n < 1000; n += 1) {
    clock.now += 600;
    markSent(traffic, hashOf(n));
  }
  assert.ok(traffic.lastAt.size <= 2, `${traffic.lastAt.size} are stored`);
  clock.now = 0;
  markSent(traffic, a);
  assert.deepEqual([...traffic.lastAt], [[a, 0]]);
});

describe('skipping', () => {
  test('a completion is never skipped', () => {
    const { traffic } = trafficAt(0, { progress: 'milestones' });
    assert.equal(skipped({ ...traffic, live: false }, completionOf(a)), null);
  });

  test('a deletion is skipped where no card can be deleted', () => {
    const { traffic } = trafficAt(0);
    assert.equal(skipped({ ...traffic, live: false }, cardDelete), 'accepted');
    assert.equal(skipped({ ...traffic, live: true }, cardDelete), null);
    assert.equal(skipped({ ...traffic, live: null }, cardDelete), null);
    assert.equal(skipped({ ...traffic, live: true }, { ...cardDelete, shown: false }), 'accepted');
  });
});

describe('the outcome of a notification', () => {
  const broken = { kind: 'broken', message: '502' } as const;

  test('is accepted when ntfy accepted it', () => {
    assert.equal(settle(trafficAt(0).traffic, progressOf(a, 1), null).outcome, 'accepted');
  });

  test('is superseded when it failed and a newer one waits', () => {
    const { traffic } = trafficAt(0);
    put(traffic.lanes, completionOf(a));
    assert.equal(settle(traffic, progressOf(a, 1), broken).outcome, 'superseded');
    assert.equal(upcoming(traffic)?.notification.kind, 'completion');
  });

  test('is open when it failed and no newer one waits: it waits again', () => {
    const { traffic } = trafficAt(0);
    assert.equal(settle(traffic, completionOf(a), broken).outcome, null);
    assert.equal(upcoming(traffic)?.notification.kind, 'completion');
  });
});

describe('the longest wait', () => {
  const broken = { kind: 'broken', message: '502' } as const;

  test('does not exist while no notification waits', () => {
    const { clock, traffic } = trafficAt(1000);
    assert.equal(oldest(traffic), null);
    const completion = completionOf(a);
    enqueueNotification(traffic, completion);
    clock.now = 5000;
    assert.equal(oldest(traffic), 1000);
    remove(traffic.lanes, completion);
    assert.equal(oldest(traffic), null);
  });

  test('continues while newer progress replaces older progress', () => {
    const { clock, traffic } = trafficAt(1000);
    for (let percent = 1; percent < 10; percent += 1) {
      enqueueNotification(traffic, progressOf(a, percent));
      clock.now += 1000;
    }
    assert.equal(oldest(traffic), 1000);
    enqueueNotification(traffic, progressOf(b, 1));
    assert.equal(oldest(traffic), 1000);
  });

  test('continues through every failed attempt, and starts again after an accepted one', () => {
    const { clock, traffic } = trafficAt(1000);
    const attempt = (percent: number, fails: boolean) => {
      const progress = progressOf(a, percent);
      enqueueNotification(traffic, progress);
      remove(traffic.lanes, progress);
      traffic.inFlight.set('publish.0', progress);
      assert.notEqual(oldest(traffic), null, 'a message in flight still counts');
      clock.now += 10_000;
      // The torrent continues while the message is in flight.
      enqueueNotification(traffic, progressOf(a, percent + 1));
      traffic.inFlight.clear();
      const { outcome } = settle(traffic, progress, fails ? broken : null);
      assert.equal(outcome, fails ? 'superseded' : 'accepted');
    };
    attempt(1, true);
    assert.equal(oldest(traffic), 1000);
    attempt(2, true);
    assert.equal(oldest(traffic), 1000);
    attempt(3, false);
    assert.equal(oldest(traffic), clock.now);
  });

  test('of a completion that is retried counts from its first attempt', () => {
    const { clock, traffic } = trafficAt(1000);
    const completion = completionOf(a);
    enqueueNotification(traffic, completion);
    remove(traffic.lanes, completion);
    clock.now += 60_000;
    assert.equal(settle(traffic, completion, broken).outcome, null);
    assert.equal(oldest(traffic), 1000);
  });
});
