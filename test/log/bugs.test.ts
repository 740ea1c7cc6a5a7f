/** The log lines for rejected messages and for exceptions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../machines/domain.ts';
import { createLogger } from '../../src/log/index.ts';
import { createEventLog } from '../../src/app/event-log.ts';
import { completionOf, hashOf, MINUTE, progressOf } from '../machines/fixtures.ts';

type Line = Record<string, unknown>;

/** A log at level `info` with a simulated clock. */
function start() {
  const lines: Line[] = [];
  const clock = { now: 0 };
  const write = (text: string) => {
    const line: Line = JSON.parse(text);
    delete line['time'];
    lines.push(line);
  };
  const eventLog = createEventLog(createLogger({ level: 'info', pretty: false, write }), () => clock.now);
  return { lines, clock, eventLog };
}

const stackOf = (line: Line | undefined): unknown => {
  const error = line?.['error'];
  return typeof error === 'object' && error !== null && 'stack' in error ? error.stack : undefined;
};

describe('a message that is rejected while others are accepted', () => {
  const failure: Failure = {
    kind: 'misdirected',
    message: 'something in front of ntfy at ntfy.example answered 403, not ntfy itself',
    reason: 'in-front',
    answer: { status: 403, code: null, bytes: 312 },
  };
  const numbers = { reason: 'misdirected', status: 403, code: null, bytes: 312 };

  test('is logged as a warning with its kind, its key and numbers, without its content', () => {
    const { lines, eventLog } = start();
    const notification = completionOf(hashOf(1));
    eventLog.event({ type: 'outbox.simplified', notification, form: 'fixed', failure });
    assert.deepEqual(lines, [
      {
        level: 'warn',
        message: 'ntfy rejects a message, but accepts others: sending it again without any name',
        kind: 'completion',
        key: hashOf(1),
        ...numbers,
      },
    ]);
  });

  test('and dropped is logged as an error with the same fields', () => {
    const { lines, eventLog } = start();
    const notification = progressOf(hashOf(1), 5);
    eventLog.event({ type: 'notification.settled', notification, outcome: 'refused', failure });
    const { level, message, suppressed, ...fields } = lines[0] ?? {};
    assert.deepEqual([level, suppressed], ['error', 0]);
    assert.match(String(message), /^a message was dropped/);
    assert.deepEqual(fields, { kind: 'progress', key: hashOf(1), ...numbers });
  });
});

describe('an exception of our own code', () => {
  const error = new TypeError("Cannot read properties of undefined (reading 'name')");

  test('is logged as a bug with its stack, also at level info, and at most once a minute', () => {
    const { lines, eventLog, clock } = start();
    const notification = completionOf(hashOf(1));
    for (let times = 0; times < 100; times += 1)
      eventLog.event({ type: 'outbox.crashed', notification, error });
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.['message'], 'a bug in this program, please report it: sending a message failed');
    assert.equal(stackOf(lines[0]), error.stack);
    assert.deepEqual([lines[0]?.['kind'], lines[0]?.['key']], ['completion', hashOf(1)]);
    clock.now += MINUTE;
    eventLog.event({ type: 'outbox.crashed', notification: null, error });
    eventLog.event({ type: 'outbox.crashed', notification, error });
    assert.equal(lines.length, 3);
    assert.equal(lines[2]?.['suppressed'], 99);
  });

  test('in a torrent or a service actor is logged as a bug', () => {
    const { lines, eventLog } = start();
    eventLog.event({ type: 'torrent.crashed', key: hashOf(1), reason: error.message, error });
    eventLog.event({ type: 'service.crashed', service: 'watcher', error });
    for (const line of lines) {
      assert.equal(line['level'], 'error');
      assert.match(
        String(line['message']),
        /^a bug in this program, please report it: a (torrent|service) actor failed/,
      );
      assert.equal(stackOf(line), error.stack);
    }
    assert.equal(lines.length, 2);
  });
});
