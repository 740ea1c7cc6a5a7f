import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createReporter } from '../../src/store/health.ts';
import { troubleOf } from '../../src/store/trouble.ts';
import { createLogger } from '../../src/log/index.ts';
import { endOfRun } from './fixtures.ts';

const MINUTE = 60_000;

function start() {
  const heard: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const log = createLogger({ level: 'info', pretty: false, write: (line) => lines.push(JSON.parse(line)) });
  const reporter = createReporter(
    {
      log,
      onDegraded: () => heard.push('degraded'),
      onRepaired: () => heard.push('repaired'),
      onRestored: () => heard.push('restored'),
    },
    () => clock.now,
  );
  return { reporter, heard, lines, clock };
}

describe('a file that was repaired', () => {
  test('is no loss of the state: it is reported as repaired, and shown until it held for ten minutes', async () => {
    const { reporter, heard, clock } = start();
    reporter.degraded({ kind: 'disk', problem: 'It was written anew.' });
    await endOfRun();
    assert.deepEqual(heard, ['repaired']);
    clock.now = 9 * MINUTE;
    reporter.restored();
    assert.deepEqual(reporter.health, { kind: 'disk', problem: 'It was written anew.' });
    clock.now = 10 * MINUTE;
    reporter.restored();
    reporter.restored();
    await endOfRun();
    assert.deepEqual(reporter.health, { kind: 'disk', problem: null });
    assert.deepEqual(heard, ['repaired', 'restored']);
  });
});

test('an exception of our own code is not reported as a disk that fails', () => {
  const { reporter, lines } = start();
  const error = new TypeError("Cannot read properties of undefined (reading 'key')");
  assert.equal(troubleOf(error), 'bug');
  reporter.degraded({ kind: 'memory', problem: 'The state is only in memory.' }, error);
  assert.match(String(lines[0]?.['message']), /^a bug in this program, please report it/);
  assert.match(JSON.stringify(lines[0]?.['error']), /"stack":"TypeError/);
});
