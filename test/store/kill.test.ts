import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { hashOf, recordAt, reopen, tempDir } from './fixtures.ts';
import type { Place } from './fixtures.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { mulberry32 } from '../mulberry32.ts';

/** Where a torrent may be: where the store said it is, and where it was about to go. */
type Expected = Map<number, Set<Place>>;

interface Run {
  dir: string;
  seed: number;
  /** The number of the first torrent. */
  first: number;
  /** Milliseconds. */
  killAfter: number;
  /** From when on. */
  since: 'start' | 'ready';
}

/** Lets a process save until it is killed, and returns what it said. */
async function saveUntilKilled({ dir, seed, first, killAfter, since }: Run): Promise<string> {
  const [script, notes] = [join(import.meta.dirname, 'saver.ts'), `${dir}.notes`];
  writeFileSync(notes, '');
  const args = [...shippedFlags(dir), script, dir, `${seed}`, `${first}`, notes];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  if (since === 'ready') await once(child.stdout, 'data');
  child.stdout.resume();
  await setTimeout(killAfter);
  child.kill('SIGKILL');
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL', 'it ended by itself');
  return readFileSync(notes, 'utf8');
}

/** Takes in what a process said; a line that was cut off is none. Returns the highest number in it. */
function follow(expected: Expected, said: string): number {
  let highest = 0;
  for (const [, mark, number, place] of said.matchAll(/^([?!]) (\d+) (\w+)\n/gm)) {
    const index = Number(number);
    const places = mark === '!' ? new Set<Place>() : (expected.get(index) ?? new Set<Place>(['dropped']));
    expected.set(index, places.add(place as Place));
    highest = Math.max(highest, index);
  }
  return highest;
}

/** Each torrent is where it may be, whole; from now on it is there. */
function check(dir: string, expected: Expected, what: string): void {
  const { records, health } = reopen(dir);
  assert.deepEqual(health, { kind: 'disk', problem: null }, what);
  const found = new Map(records.map((record) => [record.key, record]));
  for (const [index, places] of expected) {
    const record = found.get(hashOf(index));
    const place = record?.stage ?? 'dropped';
    assert.ok(places.has(place), `${what}: ${index} is ${place} instead of ${[...places].join(' or ')}`);
    if (record) assert.deepEqual({ ...record, told: null }, recordAt(index, record.stage), what);
    if (record) expected.set(index, new Set([record.stage]));
    else expected.delete(index);
    found.delete(hashOf(index));
  }
  assert.deepEqual([...found.keys()], [], `${what}: a torrent comes out of nowhere`);
}

describe('a process that is killed', { concurrency: true }, () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`at any moment lost nothing that it had saved (${seed})`, async (t) => {
      const [dir, random, expected] = [join(tempDir(t), 'state'), mulberry32(seed), new Map() as Expected];
      let first = 1;
      for (let round = 0; round < 20; round += 1) {
        // Every fourth one while it is still starting.
        const since = round % 4 === 3 ? 'start' : 'ready';
        const killAfter = random() * (since === 'start' ? 200 : 60);
        const said = await saveUntilKilled({ dir, seed: seed * 1000 + round, first, killAfter, since });
        first = Math.max(first, 1 + follow(expected, said));
        check(dir, expected, `seed ${seed}, round ${round}`);
      }
      t.diagnostic(`${first} torrents`);
    });
  }
});
