/** Every state of the outbox, a shard and the supervisor is reached and left again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import { shardMachine } from '../../machines/shard/machine.ts';
import { createRecord } from '../../machines/torrent/record.ts';
import { depth } from '../../machines/outbox/lanes.ts';
import type { Lanes } from '../../machines/outbox/lanes.ts';
import { supervisorMachine } from '../../machines/supervisor/machine.ts';
import { DEFAULT_COMPLETION, type Failure, type Hash, type Notification } from '../../machines/domain.ts';
import { completionOf, failure, hashOf, ok, shardOf, policy, progressOf, seen } from './fixtures.ts';
import { crashed, DEPS, done, explore, placeOf, unentered } from './graph.ts';
import { cardDeleteOf } from './outbox-harness.ts';

const [first, second] = [hashOf(1), hashOf(2)];

const isAt =
  (...places: string[]) =>
  (snapshot: AnyMachineSnapshot) =>
    places.includes(placeOf(snapshot));

/** The waiting notifications of an outbox, and those in flight. */
function loadOf({ context }: AnyMachineSnapshot) {
  const inFlight = context.inFlight as Map<string, Notification>;
  return {
    waiting: depth(context.lanes as Lanes),
    slots: [...inFlight.keys()],
    sent: [...inFlight.values()],
  };
}

const isEmpty = (snapshot: AnyMachineSnapshot) => {
  const { waiting, slots } = loadOf(snapshot);
  return placeOf(snapshot) === 'open.idle' && waiting + slots.length === 0;
};

/** The completions that wait or are in flight. */
const completions = (snapshot: AnyMachineSnapshot): Notification[] => [
  ...(snapshot.context.lanes as Lanes).completion.values(),
  ...loadOf(snapshot).sent.filter(({ kind }) => kind === 'completion'),
];

/** A torrent requests this only after its completion was accepted. */
const isCardDelete = (event: AnyEventObject) =>
  (event['notification'] as Notification | undefined)?.kind === 'card-delete';

describe('the outbox', () => {
  const rejected = { ok: false, failure: { kind: 'rejected', message: '400' } };
  const answers = [ok({ live: true }), ok({ live: false }), failure('broken'), rejected];
  const all = ([10, 'auto'] as const).map((rate) =>
    explore({
      machine: outboxMachine,
      input: (now) => ({ policy: { ...policy, rate }, now, findTorrent: () => undefined }),
      facts: (snapshot) => {
        const { waiting, sent } = loadOf(snapshot);
        return [waiting, sent.map(({ kind, key }) => [kind, key]), snapshot.context.live];
      },
      events: (snapshot) => [
        ...[first, second].flatMap((key) =>
          [progressOf(key, 10), completionOf(key), cardDeleteOf(key)].map((notification) => ({
            type: 'notification.publish',
            notification,
          })),
        ),
        ...loadOf(snapshot).slots.map(crashed),
        ...loadOf(snapshot).slots.flatMap((slot) => answers.map((answer) => done(slot, answer))),
        ...(snapshot.children['allowance'] === undefined
          ? []
          : [null, { daily: 250, left: 100 }].map((allowance) => done('allowance', allowance))),
      ],
    }),
  );
  const edges = all.flatMap((explored) => explored.edges);

  test('reaches each of its states, and from each the empty idle state again', () => {
    assert.deepEqual(unentered(outboxMachine, all), []);
    for (const { stuck } of all) assert.deepEqual(stuck(isEmpty), []);
  });

  test('is idle only when it is empty', () => {
    for (const { to } of edges) {
      if (placeOf(to) === 'open.idle') assert.deepEqual(loadOf(to), { waiting: 0, slots: [], sent: [] });
    }
  });

  test('has one actor for each message in flight, at most one for a torrent and four in all', () => {
    for (const { to } of edges) {
      const { slots, sent } = loadOf(to);
      const actors = Object.keys(to.children).filter((id) => id.startsWith('publish.'));
      assert.deepEqual(slots.toSorted(), actors.toSorted());
      assert.equal(new Set(sent.map(({ key }) => key)).size, sent.length);
      assert.ok(sent.length <= 4);
    }
  });

  test('keeps each completion until ntfy has accepted it', () => {
    for (const { from, event, to } of edges) {
      const after = new Set(completions(to).map(({ key }) => key));
      const removed = completions(from).filter(({ key }) => !after.has(key));
      if (removed.length === 0 || isCardDelete(event)) continue;
      const { output } = event as { output?: { ok: boolean } };
      assert.ok(output?.ok === true, event.type);
    }
  });
});

test('a shard has exactly the torrents that were started and neither stopped nor crashed', () => {
  const explored = explore({
    machine: shardMachine,
    input: () => ({ policy, deps: DEPS }),
    facts: ({ children }) => Object.keys(children).toSorted(),
    events: ({ children }) => [
      ...[first, second].flatMap((key) => [
        { type: 'torrent.start', record: createRecord(key, 0), ready: true },
        { type: 'torrent.stop', key },
      ]),
      ...Object.keys(children).map((key) => crashed(key)),
      { type: 'session.ready' },
      { type: 'session.lost' },
    ],
  });
  assert.deepEqual(unentered(shardMachine, [explored]), []);
  assert.equal(explored.paths.length, 4);
  for (const { from, event, to } of explored.edges) {
    const keys = new Set(Object.keys(from.children));
    const { record, key, actorId } = event as { record?: { key: Hash }; key?: Hash; actorId?: Hash };
    if (record !== undefined) keys.add(record.key);
    keys.delete(key ?? actorId ?? '');
    assert.deepEqual(new Set(Object.keys(to.children)), keys, event.type);
  }
});

describe('the supervisor', () => {
  const explored = explore({
    machine: supervisorMachine,
    input: (now) => ({ policy, now, shardOf, records: [createRecord(second, 0)] }),
    facts: ({ context: { ready, registry, restarts, shards, pendingStarts, capacityExceeded } }) => [
      ready,
      capacityExceeded,
      [...(registry as { records: Map<Hash, unknown> }).records.keys()].toSorted(),
      restarts?.count,
      [...shards],
      [...pendingStarts.keys()],
    ],
    events: ({ children }) => [
      { type: 'torrents.track', hashes: [first] },
      { type: 'rescan' },
      { type: 'starts.next' },
      { type: 'capacity.exceeded' },
      { type: 'session.ready', version: '2.16.2' },
      {
        type: 'torrents.renamed',
        renamed: [{ from: second, observation: seen({ hash: first }) }],
        at: 0,
        askedAt: 0,
        completion: DEFAULT_COMPLETION,
      },
      ...(['login', 'poll', 'scan'] as const).flatMap((during) => [
        { type: 'qbittorrent.failed', ...failure('unauthorized'), during },
        { type: 'qbittorrent.failed', ...failure('broken'), during },
      ]),
      { type: 'torrents.found', found: [seen({ hash: first })] },
      { type: 'torrents.found', found: [] },
      ...[first, second].flatMap((key) =>
        shardOf(key) in children
          ? [
              { type: 'torrent.finished', key, end: 'complete', name: null, last: null },
              { type: 'torrent.crashed', key, reason: 'a bug' },
              { type: 'torrent.restart', key },
            ]
          : [],
      ),
      crashed('watcher'),
    ],
  });

  test('reaches each of its states, and from each the running state with a session, or its end', () => {
    assert.deepEqual(unentered(supervisorMachine, [explored]), []);
    assert.deepEqual(
      explored
        .stuck((snapshot) => isAt('running')(snapshot) && snapshot.context.ready === true)
        .filter((name) => !name.startsWith('["failed"')),
      [],
    );
  });

  test('has a session from a login until another request is refused as unauthorized', () => {
    for (const { from, event, to } of explored.edges) {
      if (to.status !== 'active') continue;
      const { failure, during } = event as { failure?: Failure; during?: string };
      const isLost = failure?.kind === 'unauthorized' && during !== 'login';
      const isOver = isLost || event.type.startsWith('xstate.error.actor.');
      const isReady = event.type === 'session.ready' || (from.context.ready === true && !isOver);
      assert.equal(to.context.ready, isReady, event.type);
    }
  });

  test('always has one session, one watcher, one outbox and one discovery actor', () => {
    for (const { to } of explored.edges) {
      if (to.status !== 'active') continue;
      for (const id of ['session', 'watcher', 'outbox', 'discovery']) assert.ok(id in to.children, id);
    }
  });

  test('has exactly the shards that its context lists', () => {
    for (const { to } of explored.edges) {
      if (to.status !== 'active') continue;
      const shards = Object.keys(to.children).filter((id) => id.startsWith('shard.'));
      assert.deepEqual(shards.toSorted(), [...(to.context.shards as string[])].toSorted());
    }
  });

  test('ends only after the fourth crash of a service', () => {
    const ends = explored.paths.filter(({ state }) => placeOf(state) === 'failed');
    assert.ok(ends.length > 0);
    for (const { events } of ends) {
      const crashes = events.filter(({ type }) => type === 'xstate.error.actor.watcher').length;
      assert.equal(crashes, 4);
    }
  });
});
