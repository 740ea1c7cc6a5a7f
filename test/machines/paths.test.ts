/** Every state of the session, an incident and the hook installer is reached and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyMachineSnapshot } from 'xstate';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { incidentMachine } from '../../machines/incident/machine.ts';
import { sessionMachine } from '../../machines/session/machine.ts';
import type { Failure } from '../../machines/domain.ts';
import { failure, MINUTE, ok, policy } from './fixtures.ts';
import { done, explore, placeOf, unentered } from './graph.ts';

const FAILURES = ['unreachable', 'unauthorized', 'banned', 'broken', 'protocol', 'misdirected'] as const;

const isAt =
  (...places: string[]) =>
  (snapshot: AnyMachineSnapshot) =>
    places.includes(placeOf(snapshot));

const failed = (kind: Failure['kind']) => ({
  type: 'qbittorrent.failed',
  failure: { kind, message: kind },
  during: 'poll',
});

describe('the session', () => {
  const explored = explore({
    machine: sessionMachine,
    input: (now) => ({ policy, now }),
    facts: ({ context: { failures, failure } }) => [Math.min(2, failures), failure?.kind],
    events: ({ children }) => [
      { type: 'session.requested' },
      { type: 'login.retry' },
      { type: 'session.expired', failure: { kind: 'unauthorized', message: 'over' } },
      { type: 'session.expired', failure: { kind: 'unauthorized', message: 'over' }, later: 2 * MINUTE },
      ...(children['login'] === undefined
        ? []
        : [
            ok({ version: '2.16.2' }),
            ...FAILURES.map((kind) => failure(kind)),
            { ...failure('unauthorized'), isFinal: true },
          ].map((login) => done('login', login))),
      ...(children['rotation'] === undefined ? [] : [done('rotation', undefined)]),
    ],
  });

  test('reaches each of its states, and from each the ready state again', () => {
    assert.deepEqual(unentered(sessionMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('ready')), []);
  });

  test('makes one login at a time, and only in the state for it', () => {
    for (const { from, event, to } of explored.edges) {
      const [before, after] = [from.children['login'], to.children['login']];
      assert.equal(after !== undefined, placeOf(to) === 'loggingIn', event.type);
      if (before !== undefined && after !== undefined)
        assert.equal(after, before, `${event.type} started another`);
    }
  });

  test('logs in again after a refusal only after a pause, when a secret has changed or a button was pressed', () => {
    for (const { from, event, to } of explored.edges) {
      if (!isAt('refused', 'banned', 'failing')(from) || placeOf(to) === placeOf(from)) continue;
      if (event.type === 'login.retry') assert.equal(placeOf(from), 'refused');
      else assert.match(event.type, /^xstate\.(?:after\.|done\.actor\.rotation)/);
    }
  });

  test('sends a login that a proxy refused again only when the secret has changed', () => {
    for (const { from, event, to } of explored.edges) {
      if (!isAt('locked')(from) || placeOf(to) === placeOf(from)) continue;
      assert.match(event.type, /^xstate\.done\.actor\.rotation/);
    }
  });
});

describe('an incident', () => {
  const all = [false, true].map((raised) =>
    explore({
      machine: incidentMachine,
      input: () => ({ source: 'qbittorrent' as const, policy, raised }),
      facts: ({ context: { failure } }) => failure?.kind,
      events: () => [...FAILURES.map(failed), { type: 'qbittorrent.recovered' }],
    }),
  );

  test('reaches each of its states, and from each the healthy state again', () => {
    assert.deepEqual(unentered(incidentMachine, all), []);
    for (const { stuck } of all) assert.deepEqual(stuck(isAt('healthy')), []);
  });

  test('is raised for a temporary failure only when it lasts', () => {
    for (const { from, event, to } of all.flatMap(({ edges }) => edges)) {
      if (placeOf(to) !== 'raised' || placeOf(from) === 'raised') continue;
      const { failure } = event as { failure?: Failure };
      if (failure === undefined) assert.match(event.type, /^xstate\.after\./);
      else if (failure.kind === 'misdirected')
        assert.deepEqual([placeOf(from), from.context.failure?.kind], ['suspected', 'misdirected']);
      else assert.ok(['unauthorized', 'banned'].includes(failure.kind), failure.kind);
    }
  });
});

describe('the hook installer', () => {
  const checks = (['installed', 'blocked', 'impossible'] as const).flatMap((state) =>
    [true, false].map((written) => ok({ state, written, reason: null })),
  );
  const all = [false, true].map((installHook) =>
    explore({
      machine: hookInstallerMachine,
      input: (now) => ({ policy: { ...policy, installHook }, now }),
      facts: ({ context: { failure, failures, suspect, refusedAt } }) => [
        failure?.kind,
        Math.min(2, failures),
        suspect,
        refusedAt !== null,
      ],
      events: ({ children }) => [
        { type: 'session.ready' },
        { type: 'session.lost' },
        { type: 'hook.refused' },
        { type: 'hook.refused', later: 2 * MINUTE },
        { type: 'hook.check', later: 60 * MINUTE },
        ...(children['ensure'] === undefined
          ? []
          : [...checks, ...FAILURES.map((kind) => failure(kind))].map((check) => done('ensure', check))),
      ],
    }),
  );
  const edges = all.flatMap((explored) => explored.edges);

  test('reaches each of its states, and from each a state without requests again', () => {
    assert.deepEqual(unentered(hookInstallerMachine, all), []);
    for (const { stuck } of all)
      assert.deepEqual(stuck(isAt('off', 'idle.installed', 'idle.blocked', 'idle.impossible')), []);
  });

  test('makes one check at a time, with a session, and only in the state for it', () => {
    for (const { from, event, to } of edges) {
      const [before, after] = [from.children['ensure'], to.children['ensure']];
      assert.equal(after !== undefined, placeOf(to) === 'checking', event.type);
      if (before !== undefined && after !== undefined)
        assert.equal(after, before, `${event.type} started another`);
      if (placeOf(from) === 'signedOut' && after !== undefined) assert.equal(event.type, 'session.ready');
    }
  });

  test('checks again after a failure only after a pause or a login', () => {
    for (const { from, event, to } of edges) {
      if (placeOf(from) !== 'retrying' || placeOf(to) !== 'checking') continue;
      assert.match(event.type, /^xstate\.after\./);
    }
  });
});
