import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shardMachine, torrentIn } from '../../../machines/shard/machine.ts';
import type { ShardEvent, ShardReport } from '../../../machines/shard/machine.ts';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import { createRecord } from '../../../machines/torrent/record.ts';
import { torrentMachine } from '../../../machines/torrent/machine.ts';
import { createIds } from '../../../machines/notification-ids.ts';
import type { OutboxEvent } from '../../../machines/outbox/machine.ts';
import type { Hash, RequestedNotification } from '../../../machines/domain.ts';
import { createTestBoard, hashOf, OWN_CARDS, policy, seen } from '../fixtures.ts';
import { startChild } from '../harness.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

/** Starts a shard; a torrent of `poisoned` crashes at its next observation. */
function startShard() {
  const poisoned = new Set<Hash>();
  const torrent = torrentMachine.provide({
    guards: {
      complete: ({ context }) => {
        if (poisoned.has(context.key)) throw new Error('poisoned');
        return context.seen.progress.phase === 'complete';
      },
    },
  });
  const machine = shardMachine.provide({ actors: { torrent } });
  const requested: RequestedNotification[] = [];
  const child = startChild<ShardReport, typeof shardMachine>(
    machine,
    (supervisor) => ({
      policy,
      deps: {
        now: () => 0,
        nextId: createIds(),
        save: () => {},
        supervisor,
        rules: NO_RULES,
        cards: OWN_CARDS,
        summary: createTestBoard(),
        remote: null,
      },
    }),
    {
      services: {
        outbox: (event) =>
          void requested.push((event as OutboxEvent & { notification: RequestedNotification }).notification),
      },
    },
  );
  const send = (event: ShardEvent) => child.actor.send(event);
  return {
    ...child,
    poisoned,
    send,
    start: (key: Hash, ready = true) => send({ type: 'torrent.start', record: createRecord(key, 0), ready }),
    observe: (...keys: Hash[]) => {
      for (const key of keys) {
        torrentIn(child.actor, key)?.send({
          type: 'torrent.observed',
          observation: seen({ hash: key }),
          at: 5000,
        });
      }
    },
    children: () => Object.keys(child.actor.getSnapshot().children),
    stateOf: (key: Hash) => JSON.stringify(child.actor.getSnapshot().children[key]?.getSnapshot().value),
    requested,
    keysOf: (type: ShardReport['type'] | 'notification.publish') =>
      type === 'notification.publish'
        ? requested.map(({ key }) => key)
        : child.reports.flatMap((report) => (report.type === type ? [report.key] : [])),
  };
}

describe('a shard', () => {
  test('starts a torrent once, however often it receives its start', () => {
    const shard = startShard();
    for (let count = 0; count < 10; count += 1) shard.start(first);
    shard.start(second);
    assert.deepEqual(shard.children(), [first, second]);
  });

  test('passes on to each torrent whether there is a session, at its start and when that changes', () => {
    const shard = startShard();
    shard.start(first, true);
    shard.start(second, false);
    assert.deepEqual([first, second].map(shard.stateOf), ['{"polling":"unknown"}', '"login"']);
    shard.send({ type: 'session.ready' });
    assert.deepEqual([first, second].map(shard.stateOf), ['{"polling":"unknown"}', '{"polling":"unknown"}']);
    shard.send({ type: 'session.lost' });
    assert.deepEqual([first, second].map(shard.stateOf), ['"login"', '"login"']);
  });

  test('finds a torrent by its key, and none by another key', () => {
    const shard = startShard();
    shard.start(first);
    shard.start(second);
    shard.observe(first, third);
    assert.deepEqual(shard.keysOf('notification.publish'), [first]);
    assert.equal(shard.stateOf(second), '{"polling":"unknown"}');
  });

  test('forwards nothing: its torrents send to the outbox themselves', () => {
    const shard = startShard();
    shard.start(first);
    shard.observe(first);
    assert.deepEqual(
      shard.requested.map(({ kind, key }) => [kind, key]),
      [['progress', first]],
    );
    assert.deepEqual(shard.reports, []);
  });

  test('stops a torrent, which then sends nothing', () => {
    const shard = startShard();
    shard.start(first);
    shard.start(second);
    shard.send({ type: 'torrent.stop', key: first });
    shard.send({ type: 'torrent.stop', key: third });
    shard.observe(first, second);
    assert.deepEqual(shard.children(), [second]);
    assert.deepEqual(shard.keysOf('notification.publish'), [second]);
  });
});

describe('a torrent that crashes', () => {
  test('is reported with the reason and removed, and its siblings continue', () => {
    const shard = startShard();
    for (const key of [first, second, third]) shard.start(key);
    shard.poisoned.add(second);
    shard.observe(first, second, third);
    assert.deepEqual(
      shard.reports.filter(({ type }) => type === 'torrent.crashed'),
      [{ type: 'torrent.crashed', key: second, reason: 'poisoned', error: new Error('poisoned') }],
    );
    assert.deepEqual(shard.children(), [first, third]);
    assert.deepEqual(shard.keysOf('notification.publish'), [first, third]);
    assert.equal(shard.actor.getSnapshot().status, 'active');
  });

  test('can be started again', () => {
    const shard = startShard();
    shard.start(first);
    shard.poisoned.add(first);
    shard.observe(first);
    shard.poisoned.clear();
    shard.start(first);
    shard.observe(first);
    assert.deepEqual(shard.children(), [first]);
    assert.deepEqual(shard.keysOf('notification.publish'), [first]);
  });

  test('a thousand times leaves no actor behind', () => {
    const shard = startShard();
    shard.poisoned.add(first);
    for (let count = 0; count < 1000; count += 1) {
      shard.start(first);
      shard.observe(first);
    }
    assert.equal(shard.keysOf('torrent.crashed').length, 1000);
    assert.deepEqual(shard.children(), []);
  });
});
