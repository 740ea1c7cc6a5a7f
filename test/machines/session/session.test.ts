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

/** What no session may ever do. */
const offences: string[] = [];
after(() => assert.deepEqual(offences, []));

/** A session whose logins end as the test says, 50 ms after they began. */
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
        if (open > 1) offences.push('two logins at once');
        await later(clock, 50, null);
        open -= 1;
        return login();
      }),
    },
  });
  const input = { policy, now: () => clock.now() };
  const child = startChild<SessionReport, typeof sessionMachine>(machine, input, { clock });
  const ask = (type: 'session.wanted' | 'session.expired', times = 1) => {
    const event = type === 'session.wanted' ? { type } : { type, failure: over };
    for (let count = 0; count < times; count += 1) child.actor.send(event);
  };
  return { ...child, logins, ask, state: () => child.actor.getSnapshot().value };
}

const READY: SessionReport = { type: 'session.ready', version: '2.16.2' };

describe('a session', () => {
  test('that nobody wants logs nobody in', async () => {
    const session = startSession();
    session.ask('session.expired');
    await session.pass(24 * HOUR);
    assert.deepEqual([session.logins, session.heard, timersOf(session.clock)], [[], [], []]);
  });

  test('is opened once, however many want it before, while and after it is', async () => {
    const session = startSession();
    session.ask('session.wanted', 100);
    await session.pass(25);
    session.ask('session.wanted', 100);
    await session.pass(HOUR);
    session.ask('session.wanted', 100);
    await session.pass(HOUR);
    assert.equal(session.logins.length, 1);
    assert.deepEqual(session.heard, [READY]);
  });

  test('that is open needs no timer', async () => {
    const session = startSession();
    session.ask('session.wanted');
    await session.pass(SECOND);
    assert.deepEqual(timersOf(session.clock), []);
  });

  test('that expired is opened again at once, and once, however many find out', async () => {
    const session = startSession();
    session.ask('session.wanted');
    await session.pass(HOUR);
    session.ask('session.expired', 1000);
    await session.pass(25);
    session.ask('session.expired', 1000);
    await session.pass(25);
    assert.deepEqual(session.logins, [0, HOUR]);
    assert.deepEqual(session.heard, [READY, READY]);
  });

  test('that is forgotten at once, again and again, is opened ever more seldom', async () => {
    const session = startSession();
    session.ask('session.wanted');
    for (let tenth = 0; tenth < 600; tenth += 1) {
      await session.pass(SECOND / 10);
      if (session.state() === 'ready') session.ask('session.expired');
    }
    const inTheFirstMinute = session.logins.length;
    assert.ok(inTheFirstMinute <= 8, `${inTheFirstMinute} logins in a minute`);
    assert.ok(session.heard.some(({ type }) => type === 'qbittorrent.failed'));
    for (let second = 0; second < 600; second += 1) {
      await session.pass(SECOND);
      if (session.state() === 'ready') session.ask('session.expired');
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
    test(`is said, and tried again after ${least / SECOND} to ${most / SECOND} seconds`, async () => {
      const session = startSession(() => failure(kind));
      session.ask('session.wanted');
      await session.pass(50);
      assert.equal(session.state(), state);
      assert.deepEqual(session.heard, [
        { type: 'qbittorrent.failed', failure: { kind, message: kind }, during: 'login' },
      ]);
      await session.pass(least - 1);
      assert.deepEqual(session.logins, [0]);
      await session.pass(most - least + 1);
      assert.equal(session.logins.length, 2);
    });

    test('is not repeated because somebody asks', async () => {
      const session = startSession(() => failure(kind));
      session.ask('session.wanted');
      await session.pass(50);
      session.ask('session.wanted', 100);
      session.ask('session.expired', 100);
      await session.pass(least - 1);
      assert.deepEqual(session.logins, [0]);
    });

    test('is forgotten by the first that is good', async () => {
      let answer: Login = failure(kind);
      const session = startSession(() => answer);
      session.ask('session.wanted');
      await session.pass(50);
      answer = good;
      await session.pass(most + 50);
      assert.deepEqual(session.heard.at(-1), READY);
      await session.pass(24 * HOUR);
      assert.equal(session.logins.length, 2);
    });
  });
}

test('a refused password is tried six times in an hour, and told each time', async () => {
  const session = startSession(() => failure('unauthorized'));
  session.ask('session.wanted');
  await session.pass(HOUR - 1);
  assert.equal(session.logins.length, 6);
  assert.equal(session.heard.length, 6);
});

test('a qBittorrent that is down is asked ever more seldom, down to once or twice a minute', async () => {
  const session = startSession(() => failure('unreachable'));
  session.ask('session.wanted');
  await session.pass(24 * HOUR);
  const gaps = session.logins.slice(1).map((at, index) => at - (session.logins[index] ?? 0) - 50);
  for (const [index, gap] of gaps.entries()) {
    const full = Math.min(MINUTE, SECOND * 2 ** index);
    assert.ok(gap >= full / 2 && gap <= full, `pause ${index} is ${gap} ms`);
  }
});

test('after a session that lived for long the pauses begin anew', async () => {
  let answer: Login = failure('unreachable');
  const session = startSession(() => answer);
  session.ask('session.wanted');
  await session.pass(HOUR);
  answer = good;
  await session.pass(2 * MINUTE);
  await session.pass(HOUR);
  answer = failure('unreachable');
  session.ask('session.expired');
  await session.pass(50);
  const [before] = session.logins.slice(-1);
  await session.pass(SECOND);
  assert.ok((session.logins.at(-1) ?? 0) - (before ?? 0) <= SECOND + 50, 'the first pause is a short one');
  assert.notEqual(session.logins.at(-1), before);
});

test('a login that throws is a bug: whoever owns the session hears of it', async () => {
  const session = startSession(() => {
    throw new Error('a bug');
  });
  session.ask('session.wanted');
  await session.pass(50);
  assert.deepEqual(
    session.heard.map(({ type }: { type: string }) => type),
    ['xstate.error.actor.child'],
  );
});
