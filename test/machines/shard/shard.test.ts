import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shardMachine, torrentIn } from '../../../machines/shard/machine.ts';
import type { ShardEvent, ShardReport } from '../../../machines/shard/machine.ts';
import { createRecord } from '../../../machines/supervisor/registry.ts';
import { torrentMachine } from '../../../machines/torrent/machine.ts';
import type { Hash } from '../../../machines/domain.ts';
import { hashOf, policy, seen } from '../fixtures.ts';
import { startChild } from '../harness.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

/** A shard; a torrent of `poisoned` crashes with its next look. */
function startPartition() {
  const poisoned = new Set<Hash>();
  const torrent = torrentMachine.provide({
    guards: {
      complete: ({ context }) => {
        if (poisoned.has(context.key)) throw new Error('poisoned');
        return context.seen.sight.phase === 'complete';
      },
    },
  });
  const machine = shardMachine.provide({ actors: { torrent } });
  const child = startChild<ShardReport, typeof shardMachine>(machine, { policy });
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
    keysOf: (type: ShardReport['type']) =>
      child.heard.flatMap((report) =>
        report.type !== type ? [] : 'key' in report ? [report.key] : [report.notification.key],
      ),
  };
}

describe('a shard', () => {
  test('starts a torrent once, however often it is told to', () => {
    const shard = startPartition();
    for (let count = 0; count < 10; count += 1) shard.start(first);
    shard.start(second);
    assert.deepEqual(shard.children(), [first, second]);
  });

  test('tells a torrent whether there is a session when it starts, and when that changes', () => {
    const shard = startPartition();
    shard.start(first, true);
    shard.start(second, false);
    assert.deepEqual([first, second].map(shard.stateOf), ['{"polling":"unknown"}', '"login"']);
    shard.send({ type: 'session.ready' });
    assert.deepEqual([first, second].map(shard.stateOf), ['{"polling":"unknown"}', '{"polling":"unknown"}']);
    shard.send({ type: 'session.lost' });
    assert.deepEqual([first, second].map(shard.stateOf), ['"login"', '"login"']);
  });

  test('has a torrent for who looks for its key, and none for another key', () => {
    const shard = startPartition();
    shard.start(first);
    shard.start(second);
    shard.observe(first, third);
    assert.deepEqual(shard.keysOf('notification.requested'), [first]);
    assert.equal(shard.stateOf(second), '{"polling":"unknown"}');
  });

  test('hands on what its torrents say, unchanged', () => {
    const shard = startPartition();
    shard.start(first);
    shard.observe(first);
    const [report] = shard.heard;
    assert.ok(report?.type === 'notification.requested');
    assert.deepEqual([report.notification.kind, report.notification.key], ['progress', first]);
  });

  test('stops a torrent, which is never heard of again', () => {
    const shard = startPartition();
    shard.start(first);
    shard.start(second);
    shard.send({ type: 'torrent.stop', key: first });
    shard.send({ type: 'torrent.stop', key: third });
    shard.observe(first, second);
    assert.deepEqual(shard.children(), [second]);
    assert.deepEqual(shard.keysOf('notification.requested'), [second]);
  });
});

describe('a torrent that crashes', () => {
  test('is said, with the reason, and buried; its siblings go on', () => {
    const shard = startPartition();
    for (const key of [first, second, third]) shard.start(key);
    shard.poisoned.add(second);
    shard.observe(first, second, third);
    assert.deepEqual(
      shard.heard.filter(({ type }) => type === 'torrent.crashed'),
      [{ type: 'torrent.crashed', key: second, reason: 'poisoned', error: new Error('poisoned') }],
    );
    assert.deepEqual(shard.children(), [first, third]);
    assert.deepEqual(shard.keysOf('notification.requested'), [first, third]);
    assert.equal(shard.actor.getSnapshot().status, 'active');
  });

  test('can be started again', () => {
    const shard = startPartition();
    shard.start(first);
    shard.poisoned.add(first);
    shard.observe(first);
    shard.poisoned.clear();
    shard.start(first);
    shard.observe(first);
    assert.deepEqual(shard.children(), [first]);
    assert.deepEqual(shard.keysOf('notification.requested'), [first]);
  });

  test('a thousand times leaves nothing behind', () => {
    const shard = startPartition();
    shard.poisoned.add(first);
    for (let count = 0; count < 1000; count += 1) {
      shard.start(first);
      shard.observe(first);
    }
    assert.equal(shard.keysOf('torrent.crashed').length, 1000);
    assert.deepEqual(shard.children(), []);
  });
});
