import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countFailure, restartPause } from '../../../machines/supervisor/restarts.ts';
import type { Failures } from '../../../machines/supervisor/restarts.ts';

const MINUTE = 60_000;

describe('failures of one child', () => {
  test('are counted while they occur within ten minutes of each other', () => {
    let failures: Failures | undefined;
    for (const at of [0, 9 * MINUTE, 19 * MINUTE]) failures = countFailure(failures, at);
    assert.deepEqual(failures, { count: 3, at: 19 * MINUTE });
  });

  test('are counted from one again after a long time without any', () => {
    assert.equal(countFailure({ count: 7, at: 0 }, 60 * MINUTE).count, 1);
  });

  test('are still counted when the clock was set back', () => {
    assert.equal(countFailure({ count: 3, at: 50 * MINUTE }, 0).count, 4);
  });

  test('are still counted after the longest pause before a restart', (t) => {
    t.mock.method(Math, 'random', () => 1);
    const failures = { count: 20, at: 0 };
    const crashedAgain = restartPause(failures) + 30_000;
    assert.equal(countFailure(failures, crashedAgain).count, 21);
  });
});

describe('the pause before a restart', () => {
  test('is about a second at first, and doubles', (t) => {
    t.mock.method(Math, 'random', () => 1);
    const pauses = [1, 2, 3, 4].map((count) => restartPause({ count, at: 0 }));
    assert.deepEqual(pauses, [1000, 2000, 4000, 8000]);
  });

  test('is never longer than ten minutes', (t) => {
    t.mock.method(Math, 'random', () => 1);
    assert.equal(restartPause({ count: 1000, at: 0 }), 10 * MINUTE);
  });
});
