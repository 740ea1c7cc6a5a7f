/** Repeatable random numbers: the same seed gives the same numbers. */

import { mulberry32 } from '../mulberry32.ts';

/** A seeded random source. */
export interface Random {
  /** From `least` up to, not including, `most`. */
  between(least: number, most: number): number;
  /** True in this share of all calls. */
  chance(share: number): boolean;
  /** One of the keys, by weight. */
  pick<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
  /** A separate source, independent of the draws from others. */
  fork(name: string): Random;
}

/** A random seed for a run without one. */
export const drawSeed = (): number => Math.floor(Math.random() * 2 ** 32);

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  return {
    between: (least, most) => least + next() * (most - least),
    chance: (share) => next() < share,
    pick<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
      const entries = Object.entries<number>(weights) as Array<[Key, number]>;
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const chosen = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
      if (chosen === undefined) throw new Error('nothing to pick from');
      return chosen[0];
    },
    fork: (name) => createRandom(seed ^ hash(name)),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
