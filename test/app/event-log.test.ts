import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, QbittorrentRequest } from '../../machines/domain.ts';
import { createLogger } from '../../src/log/index.ts';
import type { Call } from '../../src/metrics/index.ts';
import { createEventLog } from '../../src/app/event-log.ts';
import { completionOf, hashOf, progressOf } from '../machines/fixtures.ts';

const MINUTE = 60_000;
const away: Failure = { kind: 'unreachable', message: 'nothing listens on qbt:8080' };
const broken: Failure = { kind: 'broken', message: 'it answered 500' };

type Line = Record<string, unknown>;

/** A log at level `info` with a simulated clock. */
function start() {
  const lines: Line[] = [];
  const clock = { now: 0 };
  const log = createLogger({
    level: 'info',
    pretty: false,
    write: (line) => {
      const data: Line = JSON.parse(line);
      delete data['time'];
      lines.push(data);
    },
  });
  const eventLog = createEventLog(log, () => clock.now);
  const call = (call: 'login' | 'observe' | 'scan' | 'list', failure: Failure | null = null) =>
    eventLog.call({ to: 'qbittorrent', call, seconds: 0.1, result: failure?.kind ?? 'ok', failure });
  const failed = (failure: Failure, during: QbittorrentRequest) =>
    eventLog.event({ type: 'qbittorrent.failed', failure, during });
  const publish = (failure: Failure | null = null) =>
    eventLog.call({ to: 'ntfy', result: failure?.kind ?? 'ok', failure } satisfies Call);
  const failedLogin = (failure = away) => {
    call('login', failure);
    failed(failure, 'login');
  };
  return { lines, clock, eventLog, call, failed, publish, failedLogin, warnings: () => count(lines, 'warn') };
}

const count = (lines: readonly Line[], level: string) =>
  lines.filter((line) => line['level'] === level).length;

describe('a server that is unavailable', () => {
  test('is logged at once, then every ten minutes, and when it is available again', () => {
    const { lines, clock, failedLogin, eventLog, call } = start();
    // A night: one login attempt a minute.
    for (let minute = 0; minute < 480; minute += 1) {
      failedLogin();
      clock.now += MINUTE;
    }
    assert.equal(lines.length, 48);
    assert.deepEqual(lines.slice(0, 2), [
      {
        level: 'warn',
        message: 'login to qBittorrent failed',
        reason: 'unreachable',
        detail: away.message,
        failures: 1,
      },
      {
        level: 'warn',
        message: 'login to qBittorrent failed',
        reason: 'unreachable',
        detail: away.message,
        failures: 11,
      },
    ]);
    call('login');
    eventLog.event({ type: 'session.ready', version: '2.11.4' });
    assert.equal(lines.length, 48, 'a login alone proves nothing');
    call('scan');
    assert.deepEqual(lines.slice(48), [
      { level: 'info', message: 'qBittorrent is available again', failures: 480, seconds: 480 * 60 },
    ]);
    call('observe');
    assert.equal(lines.length, 49, 'it is logged once');
  });

  test('is logged at once when the reason of the failure changes', () => {
    const { lines, failedLogin } = start();
    failedLogin();
    failedLogin();
    failedLogin(broken);
    failedLogin(broken);
    assert.deepEqual(
      lines.map(({ reason, failures }) => [reason, failures]),
      [
        ['unreachable', 1],
        ['broken', 3],
      ],
    );
  });

  test('or available again every few seconds is logged once a minute', () => {
    const { lines, clock, call, failed, warnings } = start();
    for (let second = 0; second < 600; second += 10) {
      call('observe', away);
      failed(away, 'poll');
      clock.now += 5000;
      call('observe');
      clock.now += 5000;
    }
    assert.equal(warnings(), 10);
    assert.equal(lines.length, 20, 'each logged outage has a logged end');
  });

  test('is logged every ten minutes when each login succeeds but its session is lost at once', () => {
    const { lines, clock, eventLog, call, failed, failedLogin } = start();
    const lost: Failure = { kind: 'protocol', message: 'qBittorrent ended the session immediately' };
    for (let minute = 0; minute < 60; minute += 1) {
      call('login');
      eventLog.event({ type: 'session.ready', version: '2.11.4' });
      call('scan', { kind: 'unauthorized', message: 'a login is required' });
      failed({ kind: 'unauthorized', message: 'a login is required' }, 'scan');
      failedLogin(lost);
      clock.now += MINUTE;
    }
    assert.deepEqual(
      lines.filter(({ level }) => level === 'info').map(({ message }) => message),
      ['logged in to qBittorrent', 'the session with qBittorrent has expired, logging in again'],
    );
    assert.equal(count(lines, 'warn'), 6);
  });

  test('is logged separately from the other server: each has its own start and end', () => {
    const { lines, eventLog, call, publish, failedLogin } = start();
    failedLogin();
    publish(broken);
    eventLog.event({ type: 'outbox.failed', failure: broken });
    call('scan');
    publish();
    assert.deepEqual(
      lines.map(({ message }) => message),
      [
        'login to qBittorrent failed',
        'request to ntfy failed, retrying',
        'qBittorrent is available again',
        'ntfy is available again',
      ],
    );
  });

  test('is not logged when no request failed', () => {
    const { lines, call, publish } = start();
    call('scan');
    call('observe');
    publish();
    assert.deepEqual(lines, []);
  });

  test('is logged when only scans fail', () => {
    const { lines, call, failed } = start();
    for (let tries = 0; tries < 5; tries += 1) {
      call('scan', broken);
      failed(broken, 'scan');
    }
    call('scan');
    assert.deepEqual(
      lines.map(({ message }) => message),
      ['scan failed', 'qBittorrent is available again'],
    );
  });
});

describe('a notification that ntfy rejects permanently', () => {
  const rejected: Failure = { kind: 'rejected', message: 'it answered 40001' };

  test('is logged once for each completion, and once a minute for progress', () => {
    const { lines, clock, eventLog } = start();
    for (let percent = 0; percent < 60; percent += 1) {
      const notification = progressOf(hashOf(1), percent);
      eventLog.event({ type: 'notification.settled', notification, outcome: 'refused', failure: rejected });
      clock.now += 5000;
    }
    assert.equal(count(lines, 'error'), 5);
    assert.equal(lines.at(-1)?.['suppressed'], 11);
    for (const n of [1, 2, 3]) {
      const notification = completionOf(hashOf(n));
      eventLog.event({ type: 'notification.settled', notification, outcome: 'refused', failure: rejected });
    }
    assert.equal(count(lines, 'error'), 8);
  });
});

test('a failing list of all torrents is logged every ten minutes, and is not an outage', () => {
  const { lines, clock, call } = start();
  for (let minute = 0; minute < 60; minute += 1) {
    clock.now = minute * MINUTE;
    call('list', broken);
    call('observe');
  }
  assert.equal(lines.length, 6);
  assert.deepEqual(lines[0], {
    level: 'warn',
    message: 'could not read the list of torrents',
    reason: 'broken',
    detail: broken.message,
    suppressed: 0,
  });
});

test('torrents beyond MAX_TRACKED are logged every ten minutes', () => {
  const { lines, clock, eventLog } = start();
  for (let second = 0; second < 1200; second += 1) {
    clock.now = second * 1000;
    eventLog.event({ type: 'capacity.exceeded' });
  }
  assert.equal(lines.length, 2);
  assert.match(String(lines[0]?.['message']), /^MAX_TRACKED torrents are tracked/);
});
