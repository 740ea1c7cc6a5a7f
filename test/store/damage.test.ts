import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedStore, killedStore, lay, PAGE, startWith } from './damage.ts';
import type { Outcome } from './damage.ts';
import { tempDir, withFile } from './fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';

/** The parts of a journal, in bytes: https://sqlite.org/fileformat2.html#walformat. */
const [WAL_HEADER, WAL_FRAME_HEADER] = [32, 24];
const WAL_FRAME = WAL_FRAME_HEADER + PAGE;

/** The first part of the file. */
const cut = (bytes: Buffer, length: number) => bytes.subarray(0, length);

/** Inverts one bit of one byte. */
function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
  return flipped;
}

/** Each boundary of consecutive blocks, the bytes next to it, and four seeded offsets within each block. */
function sampleOffsets(start: number, end: number, block: number): number[] {
  const random = mulberry32(start + end);
  const offsets = [];
  for (let from = start; from < end; from += block) {
    const inside = Array.from({ length: 4 }, () => from + Math.floor(random() * block));
    offsets.push(from, from + 1, from + block - 1, ...inside);
  }
  return offsets.filter((offset) => offset < end);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/**
 * The store decides about a file below 512 bytes by its size alone, and SQLite about one that lacks whole pages by their
 * number alone (`lockBtree` in btree.c). Only of the last page each byte makes a difference.
 */
test('a file that is truncated at any byte is quarantined unchanged, unless only padding is lost', (t) => {
  const [dir, bytes] = [tempDir(t), closedStore(t)];
  assert.deepEqual(startWith(dir, bytes, 'whole'), { found: [0, 1], wasQuarantined: false });
  const lastPage = bytes.file.length - PAGE;
  for (const length of [...sampleOffsets(1, lastPage, PAGE), ...range(lastPage, bytes.file.length)]) {
    const what = `truncated after ${length} bytes`;
    const { wasQuarantined, found } = startWith(dir, { ...bytes, file: cut(bytes.file, length) }, what);
    const isPadding = bytes.file.subarray(length).every((byte) => byte === 0);
    assert.ok(wasQuarantined || (isPadding && found.length === 2), what);
  }
});

test('an empty file is treated as a new one', (t) => {
  const outcome = startWith(tempDir(t), { file: Buffer.alloc(0), journal: null }, 'empty');
  assert.deepEqual(outcome, { found: [], wasQuarantined: false });
});

/** SQLite reads the whole frames of a journal only, by its length (`walIteratorInit` and `walIndexRecover` in wal.c). */
test('a journal that is truncated at any byte still has everything that was written before', (t) => {
  const [dir, bytes] = [tempDir(t), killedStore(t)];
  const { file, journal } = bytes;
  assert.ok(journal !== null && journal.length > 512);
  assert.deepEqual(startWith(dir, bytes, 'whole'), { found: [0, 1, 2, 3], wasQuarantined: false });
  let before: Outcome = { found: [0, 1], wasQuarantined: false };
  const frames = sampleOffsets(WAL_HEADER, journal.length, WAL_FRAME);
  for (const length of [...range(0, WAL_HEADER), ...frames.toSorted((a, b) => a - b)]) {
    const what = `journal truncated after ${length} bytes`;
    const outcome = startWith(dir, { file, journal: cut(journal, length) }, what);
    assert.deepEqual(outcome.found.slice(0, before.found.length), before.found, what);
    assert.equal(outcome.wasQuarantined, false, what);
    before = outcome;
  }
  assert.deepEqual(before.found, [0, 1, 2], 'the last torrent is only in the last byte');
});

test('a truncated file with a journal is quarantined with it, unless the journal contains the whole file', (t) => {
  const [dir, bytes] = [tempDir(t), killedStore(t)];
  for (let length = 0; length < bytes.file.length; length += 5) {
    const what = `truncated after ${length} bytes, with a journal`;
    const outcome = startWith(dir, { ...bytes, file: cut(bytes.file, length) }, what);
    assert.ok(outcome.wasQuarantined || outcome.found.length === 4, what);
  }
});

test('a journal without its file is quarantined', (t) => {
  const outcome = startWith(tempDir(t), { ...killedStore(t), file: Buffer.alloc(0) }, 'no file');
  assert.deepEqual(outcome, { found: [], wasQuarantined: true });
});

test('an inverted bit in the header of a file is detected, or changes nothing', (t) => {
  const [dir, { file, journal }] = [tempDir(t), closedStore(t)];
  for (let index = 0; index < 100 * 8; index += 1) {
    const at = Math.floor(index / 8);
    const bit = index % 8;
    const what = `bit ${bit} of byte ${at}`;
    const outcome = startWith(dir, { file: flip(file, at, bit), journal }, what);
    assert.ok(outcome.wasQuarantined || outcome.found.length === 2, what);
  }
});

test('a damaged index is detected although all rows can be read', (t) => {
  const [dir, bytes] = [tempDir(t), closedStore(t)];
  lay(dir, bytes);
  const page = withFile(dir, (file) =>
    Number(
      file.prepare("SELECT rootpage FROM sqlite_schema WHERE name LIKE '%autoindex_records%'").get()?.[
        'rootpage'
      ],
    ),
  );
  const file = Buffer.from(bytes.file);
  // The number of its entries: https://sqlite.org/fileformat2.html#b_tree_pages
  file.writeUInt16BE(1, (page - 1) * PAGE + 3);
  const outcome = startWith(dir, { ...bytes, file }, 'an index that lacks an entry');
  assert.deepEqual(outcome, { found: [0, 1], wasQuarantined: true });
});

/** Half of the file is free space, which nothing reads: most of the samples are of the other half. */
test('an inverted bit anywhere in a file is detected, or changes nothing', (t) => {
  const [dir, { file, journal }, random] = [tempDir(t), closedStore(t), mulberry32(7)];
  const used = range(0, file.length).filter((at) => file[at] !== 0);
  const free = range(0, file.length).filter((at) => file[at] === 0);
  for (let round = 0; round < 1000; round += 1) {
    const offsets = round < 950 ? used : free;
    const at = offsets[Math.floor(random() * offsets.length)] ?? 0;
    const bit = Math.floor(random() * 8);
    const what = `round ${round}: bit ${bit} of byte ${at}`;
    const outcome = startWith(dir, { file: flip(file, at, bit), journal }, what);
    assert.ok(outcome.wasQuarantined || outcome.found.length === 2, what);
  }
});

/**
 * Each bit of the header, a bit of each byte of the frames' headers, and some of their pages, for which one checksum
 * holds (https://sqlite.org/fileformat2.html#walformat).
 */
test('an inverted bit in a journal never adds a torrent, and never removes one that was written before', (t) => {
  const [dir, { file, journal }, random] = [tempDir(t), killedStore(t), mulberry32(8)];
  assert.ok(journal);
  const anyBit = () => Math.floor(random() * 8);
  const flips = range(0, WAL_HEADER * 8).map((index) => [Math.floor(index / 8), index % 8] as const);
  for (let frame = WAL_HEADER; frame < journal.length; frame += WAL_FRAME) {
    const page = frame + WAL_FRAME_HEADER;
    for (const at of range(frame, page)) flips.push([at, anyBit()]);
    for (let count = 0; count < 25; count += 1) flips.push([page + Math.floor(random() * PAGE), anyBit()]);
  }
  for (const [at, bit] of flips) {
    const what = `bit ${bit} of byte ${at} of the journal`;
    const { found } = startWith(dir, { file, journal: flip(journal, at, bit) }, what);
    assert.deepEqual(found.slice(0, 2), [0, 1], what);
  }
});

test('a file that is not a store is quarantined', (t) => {
  const dir = tempDir(t);
  const random = mulberry32(3);
  const noise = Buffer.from(Array.from({ length: 10_000 }, () => Math.floor(random() * 256)));
  for (const file of [noise, Buffer.alloc(10_000), Buffer.from('{"records":[]}\n')]) {
    const outcome = startWith(dir, { file, journal: null }, `begins with ${file.toString('hex', 0, 8)}`);
    assert.deepEqual(outcome, { found: [], wasQuarantined: true });
  }
});
