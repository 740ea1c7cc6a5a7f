import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedWell, diedAfterwards, lay, PAGE, startWith } from './damage.ts';
import type { Outcome } from './damage.ts';
import { tempDir, withFile } from './fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';

/** Where the file was cut off: the first part of it. */
const cut = (bytes: Buffer, length: number) => bytes.subarray(0, length);

/** One bit of one byte is another. */
function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
  return flipped;
}

test('a file that was cut off at any byte is set aside as it is, unless nothing but padding is lost', (t) => {
  const [dir, bytes] = [tempDir(t), closedWell(t)];
  assert.deepEqual(startWith(dir, bytes, 'whole'), { found: [0, 1], wasSetAside: false });
  for (let length = 1; length < bytes.file.length; length += 1) {
    const what = `cut off after ${length} bytes`;
    const { wasSetAside, found } = startWith(dir, { ...bytes, file: cut(bytes.file, length) }, what);
    const isPadding = bytes.file.subarray(length).every((byte) => byte === 0);
    assert.ok(wasSetAside || (isPadding && found.length === 2), what);
  }
});

test('an empty file is a new one', (t) => {
  const outcome = startWith(tempDir(t), { file: Buffer.alloc(0), journal: null }, 'empty');
  assert.deepEqual(outcome, { found: [], wasSetAside: false });
});

test('a journal that was cut off at any byte gives back all that was written before', (t) => {
  const [dir, bytes] = [tempDir(t), diedAfterwards(t)];
  const { file, journal } = bytes;
  assert.ok(journal !== null && journal.length > 512);
  assert.deepEqual(startWith(dir, bytes, 'whole'), { found: [0, 1, 2, 3], wasSetAside: false });
  let before: Outcome = { found: [0, 1], wasSetAside: false };
  for (let length = 0; length < journal.length; length += 1) {
    const what = `journal cut off after ${length} bytes`;
    const outcome = startWith(dir, { file, journal: cut(journal, length) }, what);
    assert.deepEqual(outcome.found.slice(0, before.found.length), before.found, what);
    assert.equal(outcome.wasSetAside, false, what);
    before = outcome;
  }
  assert.deepEqual(before.found, [0, 1, 2], 'the last torrent is only in the last byte');
});

test('a file that was cut off beside its journal is set aside with it, unless the journal has all of it', (t) => {
  const [dir, bytes] = [tempDir(t), diedAfterwards(t)];
  for (let length = 0; length < bytes.file.length; length += 5) {
    const what = `cut off after ${length} bytes, with a journal`;
    const outcome = startWith(dir, { ...bytes, file: cut(bytes.file, length) }, what);
    assert.ok(outcome.wasSetAside || outcome.found.length === 4, what);
  }
});

test('a journal without its file is set aside', (t) => {
  const outcome = startWith(tempDir(t), { ...diedAfterwards(t), file: Buffer.alloc(0) }, 'no file');
  assert.deepEqual(outcome, { found: [], wasSetAside: true });
});

test('a bit that turned in the header of a file is noticed, or changes nothing', (t) => {
  const [dir, { file, journal }] = [tempDir(t), closedWell(t)];
  for (let index = 0; index < 100 * 8; index += 1) {
    const at = Math.floor(index / 8);
    const bit = index % 8;
    const what = `bit ${bit} of byte ${at}`;
    const outcome = startWith(dir, { file: flip(file, at, bit), journal }, what);
    assert.ok(outcome.wasSetAside || outcome.found.length === 2, what);
  }
});

test('a damaged index is noticed although all that is kept can be read', (t) => {
  const [dir, bytes] = [tempDir(t), closedWell(t)];
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
  assert.deepEqual(outcome, { found: [0, 1], wasSetAside: true });
});

test('a bit that turned anywhere in a file is noticed, or changes nothing', (t) => {
  const [dir, { file, journal }, random] = [tempDir(t), closedWell(t), mulberry32(7)];
  for (let round = 0; round < 2000; round += 1) {
    const at = Math.floor(random() * file.length);
    const bit = Math.floor(random() * 8);
    const what = `round ${round}: bit ${bit} of byte ${at}`;
    const outcome = startWith(dir, { file: flip(file, at, bit), journal }, what);
    assert.ok(outcome.wasSetAside || outcome.found.length === 2, what);
  }
});

test('a bit that turned in a journal never makes up a torrent, nor takes one that was written before', (t) => {
  const [dir, { file, journal }, random] = [tempDir(t), diedAfterwards(t), mulberry32(8)];
  assert.ok(journal);
  for (let round = 0; round < 2000; round += 1) {
    const at = Math.floor(random() * journal.length);
    const bit = Math.floor(random() * 8);
    const what = `round ${round}: bit ${bit} of byte ${at} of the journal`;
    const { found } = startWith(dir, { file, journal: flip(journal, at, bit) }, what);
    assert.deepEqual(found.slice(0, 2), [0, 1], what);
  }
});

test('what is no store at all is set aside', (t) => {
  const dir = tempDir(t);
  const random = mulberry32(3);
  const noise = Buffer.from(Array.from({ length: 10_000 }, () => Math.floor(random() * 256)));
  for (const file of [noise, Buffer.alloc(10_000), Buffer.from('{"records":[]}\n')]) {
    const outcome = startWith(dir, { file, journal: null }, `begins with ${file.toString('hex', 0, 8)}`);
    assert.deepEqual(outcome, { found: [], wasSetAside: true });
  }
});
