import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fromPromise, SimulatedClock } from 'xstate';
import { sessionMachine } from '../../../machines/session/machine.ts';
import type { Login, SessionReport } from '../../../machines/session/machine.ts';
import type { Failure } from '../../../machines/domain.ts';
import { failure, HOUR, MINUTE, ok, policy, SECOND } from '../fixtures.ts';
import { later, startChild, timersOf } from '../harness.ts';

const over: Failure = { kind: 'unauthorized', message: 'over' };
const good: Login = ok({ version: '2.16.2' });

/** Violations of what always holds. */
const violations: string[] = [];
after(() => assert.deepEqual(violations, []));

/** Starts a session whose logins take 50 ms and have the result of `login`. */
function startSession(login: () => Login = () => good) {
  const clock = new SimulatedClock();
  /** When each login began. */
  const logins: number[] = [];
  let open = 0;
  const machine = sessionMachine.provide({
    actors: {
      login: fromPromise(async () => {
        logins.push(clock.now());
        open += 1;
        if (open > 1) violations.push('two simultaneous logins');
        await later(clock, 50, null);
        open -= 1;
        return login();
      }),
    },
  });
  const input = { policy, now: () => clock.now() };
  const child = startChild<SessionReport, typeof sessionMachine>(machine, input, { clock });
  const send = (type: 'session.requested' | 'session.expired', times = 1) => {
    const event = type === 'session.requested' ? { type } : { type, failure: over };
    for (let count = 0; count < times; count += 1) child.actor.send(event);
  };
  return { ...child, logins, send, state: () => child.actor.getSnapshot().value };
}

const READY: SessionReport = { type: 'session.ready', version: '2.16.2' };

describe('a session', () => {
  test('that no actor requested causes no login', async () => {
    const session = startSession();
    session.send('session.expired');
    await session.pass(24 * HOUR);
    assert.deepEqual([session.logins, session.reports, timersOf(session.clock)], [[], [], []]);
  });

  test('is opened once, however often it is requested before, during and after the login', async () => {
    const session = startSession();
    session.send('session.requested', 100);
    await session.pass(25);
    session.send('session.requested', 100);
    await session.pass(HOUR);
    session.send('session.requested', 100);
    await session.pass(HOUR);
    assert.equal(session.logins.length, 1);
    assert.deepEqual(session.reports, [READY]);
  });

  test('that is open has no timer', async () => {
    const session = startSession();
    session.send('session.requested');
    await session.pass(SECOND);
    assert.deepEqual(timersOf(session.clock), []);
  });

  test('that expired is opened again at once, and once, however often that is reported', async () => {
    const session = startSession();
    session.send('session.requested');
    await session.pass(HOUR);
    session.send('session.expired', 1000);
    await session.pass(25);
    session.send('session.expired', 1000);
    await session.pass(25);
    assert.deepEqual(session.logins, [0, HOUR]);
    assert.deepEqual(session.reports, [READY, READY]);
  });

  test('that expires immediately each time is opened with exponential backoff', async () => {
    const session = startSession();
    session.send('session.requested');
    for (let tenth = 0; tenth < 600; tenth += 1) {
      await session.pass(SECOND / 10);
      if (session.state() === 'ready') session.send('session.expired');
    }
    const inTheFirstMinute = session.logins.length;
    assert.ok(inTheFirstMinute <= 8, `${inTheFirstMinute} logins in a minute`);
    assert.ok(session.reports.some(({ type }) => type === 'qbittorrent.failed'));
    for (let second = 0; second < 600; second += 1) {
      await session.pass(SECOND);
      if (session.state() === 'ready') session.send('session.expired');
    }
    const after = session.logins.length - inTheFirstMinute;
    assert.ok(after <= 22, `${after} logins in ten minutes`);
  });
});

const pauses = [
  { kind: 'unauthorized', state: 'refused', least: 10 * MINUTE, most: 10 * MINUTE },
  { kind: 'banned', state: 'banned', least: 10 * MINUTE, most: 10 * MINUTE },
  { kind: 'unreachable', state: 'failing', least: SECOND / 2, most: SECOND },
  { kind: 'broken', state: 'failing', least: SECOND / 2, most: SECOND },
  { kind: 'protocol', state: 'failing', least: SECOND / 2, most: SECOND },
  { kind: 'misdirected', state: 'failing', least: SECOND / 2, most: SECOND },
] as const;

for (const { kind, state, least, most } of pauses) {
  describe(`a login that ends ${kind}`, () => {
    test(`is reported, and repeated after ${least / SECOND} to ${most / SECOND} seconds`, async () => {
      const session = startSession(() => failure(kind));
      session.send('session.requested');
      await session.pass(50);
      assert.equal(session.state(), state);
      assert.deepEqual(session.reports, [
        { type: 'qbittorrent.failed', failure: { kind, message: kind }, during: 'login' },
      ]);
      await session.pass(least - 1);
      assert.deepEqual(session.logins, [0]);
      await session.pass(most - least + 1);
      assert.equal(session.logins.length, 2);
    });

    test('is not repeated when a session is requested', async () => {
      const session = startSession(() => failure(kind));
      session.send('session.requested');
      await session.pass(50);
      session.send('session.requested', 100);
      session.send('session.expired', 100);
      await session.pass(least - 1);
      assert.deepEqual(session.logins, [0]);
    });

    test('does not delay later logins after one that succeeds', async () => {
      let answer: Login = failure(kind);
      const session = startSession(() => answer);
      session.send('session.requested');
      await session.pass(50);
      answer = good;
      await session.pass(most + 50);
      assert.deepEqual(session.reports.at(-1), READY);
      await session.pass(24 * HOUR);
      assert.equal(session.logins.length, 2);
    });
  });
}

test('a refused password is sent six times an hour, and reported each time', async () => {
  const session = startSession(() => failure('unauthorized'));
  session.send('session.requested');
  await session.pass(HOUR - 1);
  assert.equal(session.logins.length, 6);
  assert.equal(session.reports.length, 6);
});

test('an unavailable qBittorrent receives logins with exponential backoff up to a minute', async () => {
  const session = startSession(() => failure('unreachable'));
  session.send('session.requested');
  await session.pass(24 * HOUR);
  const gaps = session.logins.slice(1).map((at, index) => at - (session.logins[index] ?? 0) - 50);
  for (const [index, gap] of gaps.entries()) {
    const full = Math.min(MINUTE, SECOND * 2 ** index);
    assert.ok(gap >= full / 2 && gap <= full, `pause ${index} is ${gap} ms`);
  }
});

test('after a long session the backoff starts again', async () => {
  let answer: Login = failure('unreachable');
  const session = startSession(() => answer);
  session.send('session.requested');
  await session.pass(HOUR);
  answer = good;
  await session.pass(2 * MINUTE);
  await session.pass(HOUR);
  answer = failure('unreachable');
  session.send('session.expired');
  await session.pass(50);
  const [before] = session.logins.slice(-1);
  await session.pass(SECOND);
  assert.ok((session.logins.at(-1) ?? 0) - (before ?? 0) <= SECOND + 50, 'the first pause is short');
  assert.notEqual(session.logins.at(-1), before);
});

test('a login that throws is a bug that the parent of the session receives', async () => {
  const session = startSession(() => {
    throw new Error('a bug');
  });
  session.send('session.requested');
  await session.pass(50);
  assert.deepEqual(
    session.reports.map(({ type }: { type: string }) => type),
    ['xstate.error.actor.child'],
  );
});
