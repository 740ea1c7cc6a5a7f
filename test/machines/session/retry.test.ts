/** A login that a button requests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromPromise, SimulatedClock } from 'xstate';
import { sessionMachine } from '../../../machines/session/machine.ts';
import type { Login, SessionReport } from '../../../machines/session/machine.ts';
import { failure, HOUR, MINUTE, ok, policy, SECOND } from '../fixtures.ts';
import { later, startChild } from '../harness.ts';

const good: Login = ok({ version: '2.16.2' });

/** Starts a session whose first login has this result; the later ones have that of `answer`. */
async function startAfter(login: Login) {
  const clock = new SimulatedClock();
  const logins: number[] = [];
  const script = { answer: login };
  const machine = sessionMachine.provide({
    actors: {
      login: fromPromise(async () => {
        logins.push(clock.now());
        await later(clock, 50, null);
        return script.answer;
      }),
    },
  });
  const child = startChild<SessionReport, typeof sessionMachine>(
    machine,
    { policy, now: () => clock.now() },
    { clock },
  );
  child.actor.send({ type: 'session.requested' });
  await child.pass(100);
  const retry = () => child.actor.send({ type: 'login.retry' });
  return { ...child, logins, script, retry, state: () => child.actor.getSnapshot().value };
}

describe('a session that a button is to open', () => {
  test('logs in at once after a refused password, once', async () => {
    const session = await startAfter(failure('unauthorized'));
    session.script.answer = good;
    await session.pass(MINUTE);
    for (let times = 0; times < 10; times += 1) session.retry();
    await session.pass(SECOND);
    assert.deepEqual(session.logins, [0, MINUTE + 100]);
    assert.equal(session.state(), 'ready');
    session.retry();
    await session.pass(HOUR);
    assert.equal(session.logins.length, 2);
  });

  test('reports another refusal, and waits ten minutes from then on', async () => {
    const session = await startAfter(failure('unauthorized'));
    await session.pass(5 * MINUTE);
    session.retry();
    await session.pass(50);
    assert.deepEqual(
      session.reports.map(({ type }) => type),
      ['qbittorrent.failed', 'qbittorrent.failed'],
    );
    await session.pass(10 * MINUTE - 1);
    assert.equal(session.logins.length, 2);
    await session.pass(1);
    assert.equal(session.logins.length, 3);
  });

  const others = [
    ['banned', failure('banned')],
    ['failing', failure('unreachable')],
    ['locked', { ...failure('unauthorized'), isFinal: true }],
    ['ready', good],
  ] as const;
  for (const [state, login] of others)
    test(`does nothing in the state ${state}`, async () => {
      const session = await startAfter(login);
      assert.equal(session.state(), state);
      session.retry();
      await session.pass(100);
      assert.equal(session.logins.length, 1);
      assert.equal(session.state(), state);
    });

  test('says whether the same credentials must not be sent again', async () => {
    for (const isFinal of [true, undefined] as const) {
      const { reports } = await startAfter({
        ...failure('unauthorized'),
        ...(isFinal === undefined ? {} : { isFinal }),
      });
      assert.equal(reports[0]?.type === 'qbittorrent.failed' && reports[0].isFinal, isFinal);
    }
  });
});
