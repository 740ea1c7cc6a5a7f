/**
 * A process that saves until it is killed: `node saver.ts <folder> <seed> <first number> <notes>`. Before each change it
 * writes `? <number> <stage>` to the file of notes, and after it `! <number> <stage>`. Each torrent that is deleted is
 * added to the history. It prints `ready` when the store is open.
 */
import { openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { TorrentRecord } from '../../machines/domain.ts';
import { createLogger } from '../../src/log/index.ts';
import { openStore } from '../../src/store/index.ts';
import { endedTorrent, endOfRun, hashOf, recordAt, WHOLE_HISTORY } from './fixtures.ts';
import type { Place } from './fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';

const [dir = '', seed = '0', first = '0', notes = ''] = process.argv.slice(2);
const file = openSync(notes, 'w');
const random = mulberry32(Number(seed));
const store = openStore({ dir, log: createLogger({ level: 'warn' }), history: WHOLE_HISTORY });
const open: number[] = [];
const saved = new Map<string, TorrentRecord>();
let next = Number(first);

const write = (mark: '?' | '!', numbers: readonly number[], place: Place) =>
  writeSync(file, numbers.map((number) => `${mark} ${number} ${place}\n`).join(''));

function save(record: TorrentRecord): void {
  saved.set(record.key, record);
  store.save(record);
}

function end(number: number): void {
  store.history.add(endedTorrent(number));
  store.delete(hashOf(number));
}

/** A durable change is on the disk when `save` returns, all others when the run ends. */
async function change(numbers: readonly number[], place: Place, isDurable = false): Promise<void> {
  write('?', numbers, place);
  for (const number of numbers) {
    if (place === 'deleted') end(number);
    else save(recordAt(number, place));
  }
  if (!isDurable) await endOfRun();
  write('!', numbers, place);
}

const begin = (count: number) => Array.from({ length: count }, () => next++);

/** Mostly one torrent, sometimes a burst. */
async function step(): Promise<void> {
  const numbers = begin(random() < 0.1 ? 30 : 1);
  if (random() < 0.5) await change(numbers, 'tracked');
  await change(numbers, 'completing', numbers.length === 1);
  open.push(...numbers);
  // Only what the card shows changes: this write may wait.
  for (const number of numbers) {
    const record = saved.get(hashOf(number));
    if (record !== undefined) save({ ...record, shown: { percent: 9, phase: 'moving' } });
  }
  while (open.length > 40 * random()) {
    const done = open.splice(Math.floor(random() * open.length), 1);
    await change(done, 'completed', true);
    await change(done, 'deleted');
  }
}

process.stdout.write('ready\n');
for (;;) {
  await step();
  if (random() < 0.2) await setImmediate();
}
