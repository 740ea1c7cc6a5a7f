import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHealthReporter } from '../../src/store/health.ts';
import { failureOf } from '../../src/store/health.ts';
import { createLogger } from '../../src/log/index.ts';
import { endOfRun } from './fixtures.ts';

const MINUTE = 60_000;

function start() {
  const calls: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const log = createLogger({ level: 'info', pretty: false, write: (line) => lines.push(JSON.parse(line)) });
  const reporter = createHealthReporter(
    {
      log,
      onDegraded: () => calls.push('degraded'),
      onRepaired: () => calls.push('repaired'),
      onRestored: () => calls.push('restored'),
    },
    () => clock.now,
  );
  return { reporter, calls, lines, clock };
}

describe('a file that was repaired', () => {
  test('is reported as repaired, not as degraded, and shown for ten minutes', async () => {
    const { reporter, calls, clock } = start();
    reporter.degraded({ kind: 'disk', problem: 'A new one was written.' });
    await endOfRun();
    assert.deepEqual(calls, ['repaired']);
    clock.now = 9 * MINUTE;
    reporter.restored();
    assert.deepEqual(reporter.health, { kind: 'disk', problem: 'A new one was written.' });
    clock.now = 10 * MINUTE;
    reporter.restored();
    reporter.restored();
    await endOfRun();
    assert.deepEqual(reporter.health, { kind: 'disk', problem: null });
    assert.deepEqual(calls, ['repaired', 'restored']);
  });
});

test('an exception of our own code is reported as a bug, not as a failing disk', () => {
  const { reporter, lines } = start();
  const error = new TypeError("Cannot read properties of undefined (reading 'key')");
  assert.equal(failureOf(error), 'bug');
  reporter.degraded({ kind: 'memory', problem: 'The state is only in memory.' }, error);
  assert.match(String(lines[0]?.['message']), /^a bug in this program, please report it/);
  assert.match(JSON.stringify(lines[0]?.['error']), /"stack":"TypeError/);
});
