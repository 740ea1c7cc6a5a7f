import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { sizesOf } from './sizes.ts';
import { timersOf } from '../support/clock.ts';
import { createModel } from './model.ts';
import type { Model } from './model.ts';

const TORRENTS = 10_000;
const GAP = (24 * HOUR) / TORRENTS;
/** Each downloads for five minutes; about fifty at a time. */
const DOWNLOAD_TIME = 5 * MINUTE;
const STEP = 30 * SECOND;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMegabytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Adds, updates, finishes and removes torrents during the day; every seventh is removed before its end. */
function updateTorrents(model: Model, at: number, added: number): number {
  const { qbittorrent, track } = model;
  let next = added;
  for (; next < TORRENTS && next * GAP <= at; next += 1) {
    const hash = qbittorrent.add(next, next % 3 === 0 ? 'magnet' : 'plain');
    if (hash !== null) track(hash);
  }
  for (const n of qbittorrent.torrents.keys()) {
    const age = at - n * GAP;
    if (age > DOWNLOAD_TIME + 2 * MINUTE || (n % 7 === 0 && age > DOWNLOAD_TIME / 2))
      qbittorrent.torrents.delete(n);
    else if (age > DOWNLOAD_TIME)
      qbittorrent.change(n, () => ({ progress: 1, phase: 'complete', finishedAt: 1 }));
    else qbittorrent.change(n, () => ({ progress: age / DOWNLOAD_TIME, phase: 'downloading' }));
  }
  return next;
}

/** Deletes the model's own history, which is not memory of the machines. Returns the completions in it. */
function clearHistory({ phone, store, state }: Model): number {
  const completions = phone.completed.size;
  for (const memory of [phone.completed, phone.sounds, store.completions, state.known]) memory.clear();
  for (const [name, { kind }] of phone.cards) if (kind === 'completion') phone.cards.delete(name);
  return completions;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test('a day with 10,000 torrents ends with the heap size that it had at noon', async () => {
  // A poll each half minute: most of the test's time is spent on polls.
  const policy = { rate: null, pollInterval: 30 * SECOND, stallTime: HOUR };
  const model = createModel({ policy, keepHistory: false });
  const heaps: number[] = [];
  let [completions, added] = [0, 0];
  for (let at = 0; at < 24 * HOUR + 2 * DOWNLOAD_TIME; at += STEP) {
    added = updateTorrents(model, at, added);
    await model.pass(STEP);
    if (at % HOUR !== 0) continue;
    completions += clearHistory(model);
    if (at >= 12 * HOUR) heaps.push(heapMegabytes());
  }
  model.qbittorrent.torrents.clear();
  await model.pass(HOUR);
  completions += clearHistory(model);

  assert.equal(completions, Array.from({ length: TORRENTS }).filter((_, n) => n % 7 !== 0).length);
  const [noon, evening] = [median(heaps.slice(0, 4)), median(heaps.slice(-4))];
  assert.ok(evening < noon * 1.1, `${noon.toFixed(1)} MB at noon, ${evening.toFixed(1)} MB in the evening`);
  const { bounded, ...empty } = sizesOf(model);
  assert.deepEqual(empty, Object.fromEntries(Object.keys(empty).map((name) => [name, 0])));
  assert.ok(bounded.shards <= 256 && bounded.lastAt <= 100 && bounded.recentCompletions <= 1000);
  assert.deepEqual(model.phone.cards, new Map());
  assert.deepEqual(timersOf(model.clock), []);
  assert.equal(model.world.starts.length, 1);
});
