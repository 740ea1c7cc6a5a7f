/** Every state of the watcher, the matcher and the discovery actor is reached and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyMachineSnapshot } from 'xstate';
import { discoveryMachine } from '../../machines/discovery/machine.ts';
import { matcherMachine } from '../../machines/matcher/machine.ts';
import { watcherMachine } from '../../machines/watcher/machine.ts';
import { failure, hashOf, MINUTE, ok, policy, seen } from './fixtures.ts';
import { done, explore, placeOf, unentered } from './graph.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const isAt =
  (...places: string[]) =>
  (snapshot: AnyMachineSnapshot) =>
    places.includes(placeOf(snapshot));

/** More observations than one slice contains. */
const many = Array.from({ length: 300 }, (_, n) => seen({ hash: hashOf(n) }));

describe('the watcher', () => {
  const explored = explore({
    machine: watcherMachine,
    input: (now) => ({ policy, now, findTorrent: () => undefined }),
    facts: ({ context: { pollSet, ready, failures, completion, missing, matched } }) => [
      [...pollSet.hashes],
      ready,
      pollSet.fresh.size,
      pollSet.urgent.size > 0,
      failures > 0,
      completion.rechecks,
      missing.size > 0,
      matched.missed.length > 0,
    ],
    events: ({ children }) => [
      ...[first, second].flatMap((hash) => [
        { type: 'torrent.watch', hash, key: hash },
        { type: 'torrent.unwatch', hash },
      ]),
      { type: 'poll.now', hashes: null },
      { type: 'session.ready' },
      { type: 'session.lost' },
      { type: 'missing.matched', match: { renamed: [], missed: [first] } },
      { type: 'qbittorrent.failed', ...failure('unauthorized'), during: 'list' },
      ...(children['observe'] === undefined
        ? []
        : [
            ok([]),
            ok([seen({ hash: first })]),
            ok([seen({ hash: first, phase: 'complete' })]),
            ok(many),
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

  test('reaches each of its states, and from each the idle state again', () => {
    assert.deepEqual(unentered(watcherMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('idle')), []);
  });

  test('makes one request at a time, never with an empty list, and none while idle', () => {
    for (const { to } of explored.edges) {
      const open = Object.keys(to.children).filter((id) => id !== 'matcher');
      assert.ok(open.length <= 1, open.join());
      assert.equal(open.includes('observe'), placeOf(to) === 'polling');
      if (placeOf(to) === 'polling') assert.ok(to.context.asked.length > 0);
      if (placeOf(to) !== 'idle') continue;
      assert.ok(
        !to.context.ready || to.context.pollSet.hashes.size === 0,
        'idle although it has torrents to poll',
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

  test('reaches each of its states, and from each the idle state again', () => {
    assert.deepEqual(unentered(matcherMachine, [explored]), []);
    assert.deepEqual(explored.stuck(isAt('idle')), []);
  });

  test('requests the list only while a torrent is missing, and not again before a pause', () => {
    for (const { from, event, to } of explored.edges) {
      assert.equal('list' in to.children, placeOf(to) === 'listing');
      if (placeOf(to) === 'listing') assert.ok(to.context.missing.length > 0);
      if (placeOf(from) === 'pausing' && placeOf(to) === 'listing')
        assert.match(event.type, /^xstate\.after\./);
    }
  });
});

describe('the discovery', () => {
  const newest = Array.from({ length: 50 }, (_, n) => seen({ hash: hashOf(n), addedAt: 100 }));
  const all = [null, MINUTE].map((discover) =>
    explore({
      machine: discoveryMachine,
      input: () => ({ policy: { ...policy, discoverInterval: discover } }),
      facts: ({ context: { newest, limit, delayed, outdated, scanFailures } }) => [
        newest !== null,
        limit,
        delayed,
        outdated,
        scanFailures > 0,
      ],
      events: ({ children }) => [
        { type: 'session.ready' },
        { type: 'session.lost' },
        { type: 'rescan' },
        { type: 'capacity.freed' },
        ...(children['scan'] === undefined
          ? []
          : [ok([seen()]), ok([]), failure('broken'), failure('unauthorized')].map((answer) =>
              done('scan', answer),
            )),
        ...(children['newest'] === undefined
          ? []
          : [ok([]), ok(newest), failure('broken'), failure('unauthorized')].map((answer) =>
              done('newest', answer),
            )),
      ],
    }),
  );

  test('reaches each of its states, and from each a state without requests again', () => {
    assert.deepEqual(unentered(discoveryMachine, all), []);
    assert.deepEqual(all[0]?.stuck(isAt('scan.idle newest.off')), []);
    assert.deepEqual(all[1]?.stuck(isAt('scan.signedOut newest.signedOut')), []);
  });

  test('makes one request of each kind at a time, and only in the state for that request', () => {
    for (const { to } of all.flatMap(({ edges }) => edges)) {
      const { scan, newest } = to.value as Record<'scan' | 'newest', string>;
      assert.equal('scan' in to.children, scan === 'scanning');
      assert.equal('newest' in to.children, newest === 'requesting');
    }
  });

  test('scans again after a failure only after a pause or a login', () => {
    for (const { from, event, to } of all.flatMap(({ edges }) => edges)) {
      if ((from.value as { scan: string }).scan !== 'pausing' || !('scan' in to.children)) continue;
      assert.match(event.type, /^xstate\.after\.scanPause/);
    }
  });
});
