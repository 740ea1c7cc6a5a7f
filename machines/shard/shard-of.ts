import type { Hash } from '../domain.ts';

export type ShardId = `shard.${string}`;

/** The shard of a torrent, by its key; always the same within a process. */
export type ShardOf = (key: Hash) => ShardId;

/** As many as a key has digits, and one more. */
export const SALT_LENGTH = 41;

/** The sum of two numbers of 30 bits is a small integer of V8: each poll does this for all torrents, and allocates nothing. */
const MASK = 0x3fffffff;

const IDS = Array.from({ length: 256 }, (_, n): ShardId => `shard.${n.toString(16).padStart(2, '0')}`);

/**
 * Spreads the torrents over 256 shards. The creator of a torrent can choose most digits of its hash, and could fill one
 * shard, in which each start and stop would take quadratic time. So the choice depends on a secret salt of the process:
 * multilinear hashing is pairwise independent, so for any set of keys the expected number of pairs in one shard is that
 * of a random choice.
 *
 * @param salt so many random 32-bit numbers
 * @example
 * createShardOf(crypto.getRandomValues(new Uint32Array(SALT_LENGTH)));
 */
export function createShardOf(salt: ArrayLike<number>): ShardOf {
  const factors = Int32Array.from({ length: SALT_LENGTH }, (_, at) => salt[at] ?? 0);
  const first = (factors[SALT_LENGTH - 1] ?? 0) & MASK;
  return (key) => {
    let sum = first;
    for (let at = 0; at < key.length; at += 1)
      sum = (sum + (Math.imul(factors[at] ?? 0, key.charCodeAt(at)) & MASK)) & MASK;
    return IDS[sum >>> 22] ?? 'shard.00';
  };
}
