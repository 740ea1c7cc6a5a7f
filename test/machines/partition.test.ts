import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { partitionMachine, torrentIn } from '../../machines/partition.ts';
import type { PartitionEvent, PartitionReport } from '../../machines/partition.ts';
import { createRecord } from '../../machines/rules/registry.ts';
import { torrentMachine } from '../../machines/torrent.ts';
import type { Hash } from '../../machines/types.ts';
import { hashOf, policy, seen } from './fixtures.ts';
import { startChild } from './harness.ts';

const [first, second, third] = [hashOf(1), hashOf(2), hashOf(3)];

/** A partition; a torrent of `poisoned` crashes with its next look. */
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
  const machine = partitionMachine.provide({ actors: { torrent } });
  const child = startChild<PartitionReport, typeof partitionMachine>(machine, { policy });
  const send = (event: PartitionEvent) => child.actor.send(event);
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
    keysOf: (type: PartitionReport['type']) =>
      child.heard.flatMap((report) =>
        report.type !== type ? [] : 'key' in report ? [report.key] : [report.notification.key],
      ),
  };
}

describe('a partition', () => {
  test('starts a torrent once, however often it is told to', () => {
    const partition = startPartition();
    for (let count = 0; count < 10; count += 1) partition.start(first);
    partition.start(second);
    assert.deepEqual(partition.children(), [first, second]);
  });

  test('tells a torrent whether there is a session when it starts, and when that changes', () => {
    const partition = startPartition();
    partition.start(first, true);
    partition.start(second, false);
    assert.deepEqual([first, second].map(partition.stateOf), ['{"polling":"unknown"}', '"login"']);
    partition.send({ type: 'session.ready' });
    assert.deepEqual([first, second].map(partition.stateOf), [
      '{"polling":"unknown"}',
      '{"polling":"unknown"}',
    ]);
    partition.send({ type: 'session.lost' });
    assert.deepEqual([first, second].map(partition.stateOf), ['"login"', '"login"']);
  });

  test('has a torrent for who looks for its key, and none for another key', () => {
    const partition = startPartition();
    partition.start(first);
    partition.start(second);
    partition.observe(first, third);
    assert.deepEqual(partition.keysOf('torrent.telling'), [first]);
    assert.equal(partition.stateOf(second), '{"polling":"unknown"}');
  });

  test('hands on what its torrents say, unchanged', () => {
    const partition = startPartition();
    partition.start(first);
    partition.observe(first);
    const [report] = partition.heard;
    assert.ok(report?.type === 'torrent.telling');
    assert.deepEqual([report.notification.kind, report.notification.key], ['progress', first]);
  });

  test('stops a torrent, which is never heard of again', () => {
    const partition = startPartition();
    partition.start(first);
    partition.start(second);
    partition.send({ type: 'torrent.stop', key: first });
    partition.send({ type: 'torrent.stop', key: third });
    partition.observe(first, second);
    assert.deepEqual(partition.children(), [second]);
    assert.deepEqual(partition.keysOf('torrent.telling'), [second]);
  });
});

describe('a torrent that crashes', () => {
  test('is said, with the reason, and buried; its siblings go on', () => {
    const partition = startPartition();
    for (const key of [first, second, third]) partition.start(key);
    partition.poisoned.add(second);
    partition.observe(first, second, third);
    assert.deepEqual(
      partition.heard.filter(({ type }) => type === 'torrent.crashed'),
      [{ type: 'torrent.crashed', key: second, reason: 'poisoned', error: new Error('poisoned') }],
    );
    assert.deepEqual(partition.children(), [first, third]);
    assert.deepEqual(partition.keysOf('torrent.telling'), [first, third]);
    assert.equal(partition.actor.getSnapshot().status, 'active');
  });

  test('can be started again', () => {
    const partition = startPartition();
    partition.start(first);
    partition.poisoned.add(first);
    partition.observe(first);
    partition.poisoned.clear();
    partition.start(first);
    partition.observe(first);
    assert.deepEqual(partition.children(), [first]);
    assert.deepEqual(partition.keysOf('torrent.telling'), [first]);
  });

  test('a thousand times leaves nothing behind', () => {
    const partition = startPartition();
    partition.poisoned.add(first);
    for (let count = 0; count < 1000; count += 1) {
      partition.start(first);
      partition.observe(first);
    }
    assert.equal(partition.keysOf('torrent.crashed').length, 1000);
    assert.deepEqual(partition.children(), []);
  });
});
