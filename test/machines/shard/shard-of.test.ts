import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createShardOf, SALT_LENGTH } from '../../../machines/shard/shard-of.ts';
import { shardOf } from '../fixtures.ts';
import { mulberry32 } from '../../mulberry32.ts';

/** The shards of another process, with another salt. */
function shardsOf(seed: number) {
  const random = mulberry32(seed);
  return createShardOf(Array.from({ length: SALT_LENGTH }, () => random() * 2 ** 32));
}

/** Sets of 5,000 hashes that an attacker may choose, by what they have in common. */
const SETS: Readonly<Record<string, (n: number) => string>> = {
  'the same first digits': (n) => `00${n.toString(16).padStart(38, '0')}`,
  'the same last digits': (n) => `${n.toString(16).padStart(38, '0')}00`,
  'all digits the same but for four in the middle': (n) =>
    `${'a'.repeat(18)}${n.toString(16).padStart(4, '0')}${'a'.repeat(18)}`,
  'steps of 256': (n) => (n * 256).toString(16).padStart(40, '0'),
  'two digits only': (n) => n.toString(2).padStart(40, '0'),
  nothing: (n) => {
    const random = mulberry32(n);
    return Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('');
  },
};

/** The number of hashes in each shard. */
function loadsOf(of: typeof shardOf, hashes: readonly string[]): number[] {
  const loads = new Map<string, number>();
  for (const hash of hashes) loads.set(of(hash), (loads.get(of(hash)) ?? 0) + 1);
  return [...loads.values()];
}

describe('a torrent', () => {
  test('is in one of 256 shards, always in the same one within a process', () => {
    const hashes = Array.from({ length: 5000 }, (_, n) => SETS['nothing']?.(n) ?? '');
    const ids = new Set(hashes.map(shardOf));
    assert.equal(ids.size, 256);
    for (const id of ids) assert.match(id, /^shard\.[0-9a-f]{2}$/);
    assert.deepEqual(hashes.map(shardOf), hashes.map(shardOf));
  });

  test('is in another shard in another process', () => {
    const hash = '0'.repeat(40);
    assert.ok(new Set(Array.from({ length: 100 }, (_, seed) => shardsOf(seed)(hash))).size > 50);
  });
});

describe('5,000 hashes that have in common', () => {
  for (const [title, hashOf] of Object.entries(SETS)) {
    test(`${title}: cost no more than others, in any process`, () => {
      const hashes = Array.from({ length: 5000 }, (_, n) => hashOf(n));
      // The cost of starting and stopping one torrent grows with the number of torrents in its shard.
      const even = hashes.length ** 2 / 256 + hashes.length;
      const costs = Array.from({ length: 40 }, (_, seed) =>
        loadsOf(shardsOf(seed), hashes).reduce((sum, load) => sum + load ** 2, 0),
      );
      const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
      assert.ok(mean < 1.5 * even, `on average ${mean / even} times that of an even distribution`);
      for (const cost of costs)
        assert.ok(cost < 6 * even, `${cost / even} times that of an even distribution`);
    });
  }
});
