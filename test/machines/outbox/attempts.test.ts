import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { afterAcceptance, consequenceOfFailure, waitOf } from '../../../machines/outbox/attempts.ts';
import type { Attempts } from '../../../machines/outbox/attempts.ts';
import type { Failure, Form } from '../../../machines/domain.ts';
import { MINUTE } from '../fixtures.ts';

type Kind = Parameters<typeof consequenceOfFailure>[0]['kind'];

const failureOf = (kind: Failure['kind'], reason?: Failure['reason']): Failure => ({
  kind,
  message: kind,
  ...(reason === undefined ? {} : { reason }),
});

/** One card that always fails like this; `others`: how many other messages ntfy accepts between two attempts. */
function failing(kind: Kind, failure: Failure, others: number) {
  const card = { attempts: undefined as Attempts | undefined, accepted: 0, now: 0 };
  return {
    card,
    attempt: () => {
      const { accepted, now } = card;
      const result = consequenceOfFailure({
        kind,
        failure,
        before: card.attempts,
        accepted,
        now,
        retryMax: 5 * MINUTE,
      });
      card.attempts = result.attempts ?? undefined;
      card.accepted += others;
      card.now += result.attempts?.pause ?? 0;
      return result.consequence;
    },
  };
}

describe('a message that fails while no other is accepted', () => {
  for (const kind of ['unreachable', 'misdirected', 'broken', 'protocol'] as const) {
    test(`is never simplified and never dropped: the server may be the cause (${kind})`, () => {
      for (const lane of ['completion', 'progress', 'card-delete'] as const) {
        const { card, attempt } = failing(lane, failureOf(kind), 0);
        for (let n = 0; n < 1000; n += 1) assert.equal(attempt(), 'server');
        assert.equal(card.attempts?.form, 'full');
      }
    });
  }

  test('is retried with exponential backoff', () => {
    const { card, attempt } = failing('completion', failureOf('broken'), 0);
    const pauses = Array.from({ length: 12 }, () => attempt() && (card.attempts?.pause ?? 0));
    for (const [index, pause] of pauses.entries()) {
      const full = Math.min(5 * MINUTE, 2000 * 2 ** index);
      assert.ok(pause >= full / 2 && pause <= full, `pause ${index} is ${pause} ms`);
    }
  });
});

describe('a message that fails while others are accepted', () => {
  /** The attempts in each form. */
  const cases: [Failure, number[]][] = [
    [failureOf('misdirected', 'in-front'), [3, 2]],
    [failureOf('rejected', 'in-front'), [2, 1]],
    [failureOf('rejected'), [1, 1]],
    [failureOf('broken'), [4, 3]],
    [failureOf('protocol'), [4, 3]],
    [failureOf('unreachable'), [5, 4]],
    [failureOf('bug'), [2, 2]],
  ];
  for (const [failure, attempts] of cases) {
    test(`is sent as plain text, and then as fixed text (${failure.kind} ${failure.reason ?? ''})`, () => {
      const { card, attempt } = failing('completion', failure, 1);
      const counted: number[] = [];
      for (const form of ['plain', 'fixed'] as Form[]) {
        let count = 0;
        while (card.attempts?.form !== form) {
          attempt();
          count += 1;
        }
        counted.push(count);
      }
      assert.deepEqual(counted, attempts);
    });
  }

  test('is never dropped if it is a completion, an alert or an incident; progress and deletions are', () => {
    for (const lane of ['completion', 'alert', 'incident', 'incident-resolved'] as const) {
      const { attempt } = failing(lane, failureOf('broken'), 1);
      for (let n = 0; n < 1000; n += 1) assert.notEqual(attempt(), 'dropped');
    }
    for (const lane of ['progress', 'card-delete', 'alert-clear'] as const) {
      const { attempt } = failing(lane, failureOf('broken'), 1);
      assert.ok(Array.from({ length: 20 }, attempt).includes('dropped'), lane);
    }
  });

  test('is retried with exponential backoff in its last form, without end', () => {
    const { card, attempt } = failing('completion', failureOf('broken'), 1);
    for (let n = 0; n < 100; n += 1) attempt();
    assert.equal(card.attempts?.form, 'fixed');
    assert.ok((card.attempts?.pause ?? 0) >= 2.5 * MINUTE);
  });
});

test('a failure that concerns all messages is not counted for a single message', () => {
  for (const kind of ['unauthorized', 'limited', 'exhausted'] as const) {
    const { card, attempt } = failing('completion', failureOf(kind), 1);
    for (let n = 0; n < 20; n += 1) assert.equal(attempt(), 'server');
    assert.equal(card.attempts, undefined);
  }
});

describe('the next attempt for a card', () => {
  const attempts: Attempts = {
    form: 'full',
    failures: 3,
    rejections: 0,
    accepted: 7,
    at: 100_000,
    pause: 60_000,
  };

  test('does not wait before its first failure', () => assert.equal(waitOf(undefined, 0, 0), 0));

  test('waits until its pause is over, or ntfy accepts another message', () => {
    assert.equal(waitOf(attempts, 7, 110_000), 50_000);
    assert.equal(waitOf(attempts, 8, 110_000), 0);
    assert.equal(waitOf(attempts, 7, 160_000), 0);
  });

  test('waits at least a minute while it is known to be the cause and ntfy accepts no other message', () => {
    const rejected = { ...attempts, rejections: 1, pause: 2000 };
    assert.equal(waitOf(rejected, 7, 110_000), 50_000);
    assert.equal(waitOf(rejected, 8, 101_000), 1000);
  });

  test('waits its whole pause once it is known to be the cause', () => {
    assert.equal(waitOf({ ...attempts, rejections: 1 }, 8, 110_000), 50_000);
  });

  test('waits no longer when the clock was set back', () => {
    assert.equal(waitOf(attempts, 7, 0), 0);
    assert.ok(waitOf(attempts, 7, 90_000) <= 60_000);
  });
});

test('progress keeps the form that was accepted, and its next failure counts for the server again', () => {
  const before: Attempts = { form: 'fixed', failures: 2, rejections: 1, accepted: 3, at: 0, pause: 5000 };
  const after = afterAcceptance('progress', before);
  assert.equal(after?.form, 'fixed');
  assert.equal(afterAcceptance('completion', before), null);
  assert.equal(afterAcceptance('progress', { ...before, form: 'full' }), null);
  const failure = failureOf('broken');
  const result = consequenceOfFailure({
    kind: 'progress',
    failure,
    before: after ?? undefined,
    accepted: 50,
    now: 0,
    retryMax: 0,
  });
  assert.equal(result.consequence, 'server');
});
