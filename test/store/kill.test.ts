import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Store } from '../../src/store/index.ts';
import { endedTorrent, hashOf, open, recordAt, tempDir } from './fixtures.ts';
import type { Place } from './fixtures.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { mulberry32 } from '../mulberry32.ts';
import { bundleScript } from '../support/bundle-script.ts';

/** What must be stored: the torrents, and the numbers of those that have ended. */
interface Model {
  expected: Expected;
  history: Set<number>;
}

/** The possible places of a torrent: the last one that was confirmed, and those that were requested since. */
type Expected = Map<number, Set<Place>>;

interface Run {
  dir: string;
  seed: number;
  /** The number of the first torrent. */
  first: number;
  /** Milliseconds. */
  killAfter: number;
  /** From when `killAfter` is counted. */
  since: 'start' | 'ready';
}

const script = await bundleScript(join(import.meta.dirname, 'saver.ts'));

/** Starts a process that saves, kills it, and returns its notes. */
async function saveUntilKilled({ dir, seed, first, killAfter, since }: Run): Promise<string> {
  const notes = `${dir}.notes`;
  writeFileSync(notes, '');
  const args = [...shippedFlags(dir), script, dir, `${seed}`, `${first}`, notes];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  if (since === 'ready') await once(child.stdout, 'data');
  child.stdout.resume();
  await setTimeout(killAfter);
  child.kill('SIGKILL');
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL', 'it ended before it was killed');
  return readFileSync(notes, 'utf8');
}

/** Adds the notes of a process; an incomplete line is ignored. Returns the highest number in them. */
function readNotes(expected: Expected, notes: string): number {
  let highest = 0;
  for (const [, mark, number, place] of notes.matchAll(/^([?!]) (\d+) (\w+)\n/gm)) {
    const index = Number(number);
    const places = mark === '!' ? new Set<Place>() : (expected.get(index) ?? new Set<Place>(['deleted']));
    expected.set(index, places.add(place as Place));
    highest = Math.max(highest, index);
  }
  return highest;
}

/** The numbers of the torrents in the history, each of which is as it was added, and there once. */
function endedIn({ history }: Store): number[] {
  const { entries } = history.find({ search: '', limit: 1e6, before: null });
  const numbers = entries.map(({ key }) => Number.parseInt(key, 16));
  assert.equal(new Set(numbers).size, numbers.length);
  for (const [place, number] of numbers.entries()) assert.deepEqual(entries[place], endedTorrent(number));
  return numbers;
}

/**
 * Checks that each torrent is complete and in a possible place, which becomes its only one, and that it is in the history
 * when its record is deleted, not before.
 */
function check(dir: string, { expected, history }: Model, what: string): void {
  const { store } = open(dir);
  const { records, health } = store;
  const ended = new Set(endedIn(store));
  store.close();
  assert.deepEqual(health, { kind: 'disk', problem: null }, what);
  const found = new Map(records.map((record) => [record.key, record]));
  for (const [index, places] of expected) {
    const record = found.get(hashOf(index));
    const place = record?.stage ?? 'deleted';
    assert.ok(places.has(place), `${what}: ${index} is ${place} instead of ${[...places].join(' or ')}`);
    if (record) assert.deepEqual({ ...record, shown: null }, recordAt(index, record.stage), what);
    const [first] = places;
    const isNeverSaved = record === undefined && first === 'deleted' && places.size > 1;
    const isEnded = record === undefined && !isNeverSaved;
    assert.equal(ended.has(index), isEnded, `${what}: ${index} is ${place}: is it in the history?`);
    if (isEnded) history.add(index);
    if (record) expected.set(index, new Set([record.stage]));
    else expected.delete(index);
    found.delete(hashOf(index));
  }
  for (const index of history) assert.ok(ended.has(index), `${what}: ${index} was in the history before`);
  assert.deepEqual([...found.keys()], [], `${what}: a torrent was never saved`);
}

describe('a process that is killed', { concurrency: true }, () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`at any moment loses nothing that it had saved (${seed})`, async (t) => {
      const [dir, random] = [join(tempDir(t), 'state'), mulberry32(seed)];
      const model: Model = { expected: new Map(), history: new Set() };
      let first = 1;
      for (let round = 0; round < 20; round += 1) {
        // Every fourth one is killed while it starts.
        const since = round % 4 === 3 ? 'start' : 'ready';
        const killAfter = random() * (since === 'start' ? 200 : 60);
        const notes = await saveUntilKilled({ dir, seed: seed * 1000 + round, first, killAfter, since });
        first = Math.max(first, 1 + readNotes(model.expected, notes));
        check(dir, model, `seed ${seed}, round ${round}`);
      }
      t.diagnostic(`${first} torrents, ${model.history.size} ended`);
    });
  }
});
