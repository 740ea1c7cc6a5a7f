/** Every state of the session, the watcher, an incident and the hook installer is reached, and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyMachineSnapshot } from 'xstate';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { incidentMachine } from '../../machines/incident.ts';
import { sessionMachine } from '../../machines/session.ts';
import { discoveryMachine } from '../../machines/discovery.ts';
import { matcherMachine } from '../../machines/matcher.ts';
import type { Failure, Hash } from '../../machines/types.ts';
import { watcherMachine } from '../../machines/watcher.ts';
import { failure, hashOf, MINUTE, ok, policy, seen } from './fixtures.ts';
import { done, explore, placeOf, unentered } from './graph.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const FAILURES = ['unreachable', 'unauthorized', 'banned', 'broken', 'protocol', 'misdirected'] as const;

const isAt =
  (...places: string[]) =>
  (snapshot: AnyMachineSnapshot) =>
    places.includes(placeOf(snapshot));

const trouble = (kind: Failure['kind']) => ({ type: 'trouble', failure: { kind, message: kind } });

describe('the session', () => {
  const explored = explore({
    machine: sessionMachine,
    input: (now) => ({ policy, now }),
    facts: ({ context: { failures, failure } }) => [Math.min(2, failures), failure?.kind],
    events: ({ children }) => [
      { type: 'session.wanted' },
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

  test('gets into each of its states, and from each to one that needs nothing', () => {
    assert.deepEqual(unentered(sessionMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('ready')), []);
  });

  test('never logs in twice at once, and only while it says so', () => {
    for (const { from, event, to } of explored.edges) {
      const [before, after] = [from.children['login'], to.children['login']];
      assert.equal(after !== undefined, placeOf(to) === 'loggingIn', event.type);
      if (before !== undefined && after !== undefined)
        assert.equal(after, before, `${event.type} began another`);
    }
  });

  test('logs in again after a refusal only because time passed or the secret is another, whatever anybody wants', () => {
    for (const { from, event, to } of explored.edges) {
      if (!isAt('refused', 'banned', 'failing')(from) || placeOf(to) === placeOf(from)) continue;
      assert.match(event.type, /^xstate\.(?:after\.|done\.actor\.rotation)/);
    }
  });

  test('shows a login of a proxy that was refused again only when it is another', () => {
    for (const { from, event, to } of explored.edges) {
      if (!isAt('locked')(from) || placeOf(to) === placeOf(from)) continue;
      assert.match(event.type, /^xstate\.done\.actor\.rotation/);
    }
  });
});

/** More than are told at a time. */
const crowd = Array.from({ length: 300 }, (_, n) => seen({ hash: hashOf(n) }));

describe('the watcher', () => {
  const explored = explore({
    machine: watcherMachine,
    input: (now) => ({ policy, now }),
    facts: ({ context: { looks, ready, failures, completion, missing, matched } }) => [
      [...looks.hashes],
      ready,
      looks.fresh.size,
      looks.hasty.size > 0,
      failures > 0,
      completion.rechecks,
      (missing as Set<Hash>).size > 0,
      matched.missed.length > 0,
    ],
    events: ({ children }) => [
      ...[first, second].flatMap((hash) => [
        { type: 'watch', hash },
        { type: 'unwatch', hash },
      ]),
      { type: 'hasten', hash: null },
      { type: 'session.ready' },
      { type: 'session.lost' },
      { type: 'missing.matched', match: { renamed: [], missed: [first] } },
      { type: 'session.expired', ...failure('unauthorized') },
      ...(children['observe'] === undefined
        ? []
        : [
            ok([]),
            ok([seen({ hash: first })]),
            ok([seen({ hash: first, phase: 'complete' })]),
            ok(crowd),
            failure('broken'),
            failure('unauthorized'),
          ].map((answer) => done('observe', answer))),
      ...(children['settings'] === undefined
        ? []
        : [ok({ rechecks: true, settlesIn: 5000 }), failure('broken')].map((answer) =>
            done('settings', answer),
          )),
    ],
  });

  test('gets into each of its states, and from each back to sleep', () => {
    assert.deepEqual(unentered(watcherMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('asleep')), []);
  });

  test('asks one thing at a time, never with an empty list, and nothing while it sleeps', () => {
    for (const { to } of explored.edges) {
      const open = Object.keys(to.children).filter((id) => id !== 'matcher');
      assert.ok(open.length <= 1, open.join());
      assert.equal(open.includes('observe'), placeOf(to) === 'polling');
      if (placeOf(to) === 'polling') assert.ok(to.context.asked.length > 0);
      if (placeOf(to) !== 'asleep') continue;
      assert.ok(
        !to.context.ready || to.context.looks.hashes.size === 0,
        'asleep although there is something to do',
      );
      assert.deepEqual(open, []);
    }
  });
});

describe('the matcher', () => {
  const explored = explore({
    machine: matcherMachine,
    input: () => ({ policy }),
    facts: ({ context: { missing, failures } }) => [missing, failures > 0],
    events: ({ children }) => [
      ...[[first], [first, second]].flatMap((missing) => [
        { type: 'missing.polled', polled: [first], missing },
        { type: 'missing.changed', missing },
      ]),
      { type: 'missing.changed', missing: [] },
      ...(children['list'] === undefined
        ? []
        : [ok([]), failure('broken'), failure('unauthorized')].map((answer) => done('list', answer))),
    ],
  });

  test('gets into each of its states, and from each back to idle', () => {
    assert.deepEqual(unentered(matcherMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('idle')), []);
  });

  test('asks for the list only while something is missing, and not again before a pause', () => {
    for (const { from, event, to } of explored.edges) {
      assert.equal('list' in to.children, placeOf(to) === 'listing');
      if (placeOf(to) === 'listing') assert.ok(to.context.missing.length > 0);
      if (placeOf(from) === 'pausing' && placeOf(to) === 'listing')
        assert.match(event.type, /^xstate\.after\./);
    }
  });
});

describe('the discovery', () => {
  const many = Array.from({ length: 50 }, (_, n) => seen({ hash: hashOf(n), addedAt: 100 }));
  const all = [null, MINUTE].map((discover) =>
    explore({
      machine: discoveryMachine,
      input: () => ({ policy: { ...policy, discover } }),
      facts: ({ context: { newest, limit, late } }) => [newest !== null, limit, late],
      events: ({ children }) => [
        { type: 'session.ready' },
        { type: 'session.lost' },
        ...(children['newest'] === undefined
          ? []
          : [ok([]), ok(many), failure('broken'), failure('unauthorized')].map((answer) =>
              done('newest', answer),
            )),
      ],
    }),
  );

  test('gets into each of its states, and from each back to sleep where it is wanted at all', () => {
    assert.deepEqual(unentered(discoveryMachine, all), []);
    assert.deepEqual(all[1]?.stuck(isAt('asleep')), []);
  });
});

describe('an incident', () => {
  const all = [false, true].map((raised) =>
    explore({
      machine: incidentMachine,
      input: () => ({ concern: 'qbittorrent', policy, raised }),
      facts: ({ context: { failure } }) => (failure as Failure | null)?.kind,
      events: () => [...FAILURES.map(trouble), { type: 'relief' }],
    }),
  );

  test('gets into each of its states, and from each back to calm', () => {
    assert.deepEqual(unentered(incidentMachine, all), []);
    for (const { stuck } of all) assert.deepEqual(stuck(isAt('calm')), []);
  });

  test('is said of what passes by itself only when it lasts', () => {
    for (const { from, event, to } of all.flatMap(({ edges }) => edges)) {
      if (placeOf(to) !== 'raised' || placeOf(from) === 'raised') continue;
      const { failure } = event as { failure?: Failure };
      if (failure === undefined) assert.match(event.type, /^xstate\.after\./);
      else assert.ok(['unauthorized', 'banned', 'misdirected'].includes(failure.kind), failure.kind);
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

  test('gets into each of its states, and from each to rest', () => {
    assert.deepEqual(unentered(hookInstallerMachine, all), []);
    for (const { stuck } of all)
      assert.deepEqual(stuck(isAt('off', 'idle.installed', 'idle.blocked', 'idle.impossible')), []);
  });

  test('checks one thing at a time, with a session, and only while it says so', () => {
    for (const { from, event, to } of edges) {
      const [before, after] = [from.children['ensure'], to.children['ensure']];
      assert.equal(after !== undefined, placeOf(to) === 'checking', event.type);
      if (before !== undefined && after !== undefined)
        assert.equal(after, before, `${event.type} began another`);
      if (placeOf(from) === 'signedOut' && after !== undefined) assert.equal(event.type, 'session.ready');
    }
  });

  test('tries again after a failure only because time passed or somebody logged in', () => {
    for (const { from, event, to } of edges) {
      if (placeOf(from) !== 'retrying' || placeOf(to) !== 'checking') continue;
      assert.match(event.type, /^xstate\.after\./);
    }
  });
});
