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

/** A log with a clock of its own, at level `info`. */
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
  const notes = createEventLog(log, () => clock.now);
  const call = (call: 'login' | 'observe' | 'scan' | 'list', failure: Failure | null = null) =>
    notes.call({ to: 'qbittorrent', call, seconds: 0.1, result: failure?.kind ?? 'ok', failure });
  const failed = (failure: Failure, during: QbittorrentRequest) =>
    notes.event({ type: 'qbittorrent.failed', failure, during });
  const publish = (failure: Failure | null = null) =>
    notes.call({ to: 'ntfy', result: failure?.kind ?? 'ok', failure } satisfies Call);
  const failedLogin = (failure = away) => {
    call('login', failure);
    failed(failure, 'login');
  };
  return { lines, clock, notes, call, failed, publish, failedLogin, warnings: () => count(lines, 'warn') };
}

const count = (lines: readonly Line[], level: string) =>
  lines.filter((line) => line['level'] === level).length;

describe('a server that is away', () => {
  test('is one line at once, one each ten minutes, and one when it is back', () => {
    const { lines, clock, failedLogin, notes, call } = start();
    // A night: the login is tried each minute.
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
    notes.event({ type: 'session.ready', version: '2.11.4' });
    assert.equal(lines.length, 48, 'a login alone proves nothing');
    call('scan');
    assert.deepEqual(lines.slice(48), [
      { level: 'info', message: 'qBittorrent is available again', failures: 480, seconds: 480 * 60 },
    ]);
    call('observe');
    assert.equal(lines.length, 49, 'it is said once');
  });

  test('is a line at once when its trouble becomes another', () => {
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

  test('or there again by the second is a line a minute, not one each time', () => {
    const { lines, clock, call, failed, warnings } = start();
    for (let second = 0; second < 600; second += 10) {
      call('observe', away);
      failed(away, 'poll');
      clock.now += 5000;
      call('observe');
      clock.now += 5000;
    }
    assert.equal(warnings(), 10);
    assert.equal(lines.length, 20, 'each beginning that was said has an end');
  });

  test('with sessions that it forgets at once is no line for each login', () => {
    const { lines, clock, notes, call, failed, failedLogin } = start();
    const forgotten: Failure = { kind: 'protocol', message: 'qBittorrent forgot the session at once' };
    for (let minute = 0; minute < 60; minute += 1) {
      call('login');
      notes.event({ type: 'session.ready', version: '2.11.4' });
      call('scan', { kind: 'unauthorized', message: 'wants a login' });
      failed({ kind: 'unauthorized', message: 'wants a login' }, 'scan');
      failedLogin(forgotten);
      clock.now += MINUTE;
    }
    assert.deepEqual(
      lines.filter(({ level }) => level === 'info').map(({ message }) => message),
      ['logged in to qBittorrent', 'the session with qBittorrent has expired, logging in again'],
    );
    assert.equal(count(lines, 'warn'), 6);
  });

  test('is told apart from the other: each has its own beginning and end', () => {
    const { lines, notes, call, publish, failedLogin } = start();
    failedLogin();
    publish(broken);
    notes.event({ type: 'outbox.failed', failure: broken });
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

  test('and never was is no line', () => {
    const { lines, call, publish } = start();
    call('scan');
    call('observe');
    publish();
    assert.deepEqual(lines, []);
  });

  test('for scans alone is logged too', () => {
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

describe('what ntfy refuses for good', () => {
  const rejected: Failure = { kind: 'rejected', message: 'it answered 40001' };

  test('is a line for each completion, and one a minute for progress', () => {
    const { lines, clock, notes } = start();
    for (let percent = 0; percent < 60; percent += 1) {
      const notification = progressOf(hashOf(1), percent);
      notes.event({ type: 'notification.settled', notification, outcome: 'refused', failure: rejected });
      clock.now += 5000;
    }
    assert.equal(count(lines, 'error'), 5);
    assert.equal(lines.at(-1)?.['suppressed'], 11);
    for (const n of [1, 2, 3]) {
      const notification = completionOf(hashOf(n));
      notes.event({ type: 'notification.settled', notification, outcome: 'refused', failure: rejected });
    }
    assert.equal(count(lines, 'error'), 8);
  });
});

test('a list of all torrents that fails is a line each ten minutes, and no outage', () => {
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

test('torrents for which there is no place are a line each ten minutes', () => {
  const { lines, clock, notes } = start();
  for (let second = 0; second < 1200; second += 1) {
    clock.now = second * 1000;
    notes.event({ type: 'capacity.exceeded' });
  }
  assert.equal(lines.length, 2);
  assert.match(String(lines[0]?.['message']), /^MAX_TRACKED torrents are tracked/);
});
