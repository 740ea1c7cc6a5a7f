import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Observation } from '../../machines/domain.ts';
import { readTorrent, sentSchema } from '../../src/qbittorrent/torrent.ts';
import { entry, hash, parse, read } from './entries.ts';

/** What is read from each field. */
const SHOWS: Readonly<Record<string, readonly string[]>> = {
  infohash_v1: ['v1'],
  infohash_v2: ['v2'],
  name: ['name'],
  state: ['phase'],
  progress: ['progress'],
  size: ['size', 'phase'],
  dlspeed: ['speed'],
  eta: ['eta'],
  downloaded: ['downloaded'],
  time_active: ['duration'],
  seeding_time: ['duration'],
  completion_on: ['finishedAt', 'duration'],
  added_on: ['addedAt'],
  ratio: ['ratio'],
  category: ['category'],
  tags: ['tags'],
  tracker: ['tracker'],
  save_path: ['path'],
  private: ['private'],
};

/** Values that are invalid for most fields. */
const invalid = [undefined, null, 'x', -1, {}, [], true];

test('an entry of the list is parsed', () => {
  assert.deepEqual(parse(), {
    hash,
    v1: hash,
    v2: null,
    name: 'debian.iso',
    phase: 'downloading',
    progress: 0.5,
    size: 1000,
    speed: 10,
    eta: 50,
    downloaded: 500,
    duration: 60,
    finishedAt: null,
    ratio: 0.25,
    addedAt: 1_700_000_000,
    category: 'films/4k',
    tags: ['a c', 'b'],
    tracker: 'tracker.example',
    path: '/films',
    private: true,
  });
});

test('an entry with all fields is checked without repairs', () => {
  assert.ok(sentSchema.safeParse(entry).success);
});

test('an entry in which only the hash is valid has default values', () => {
  assert.deepEqual(readTorrent({ hash }), {
    hash,
    v1: null,
    v2: null,
    name: null,
    phase: 'unknown',
    progress: 0,
    size: 0,
    speed: 0,
    eta: null,
    downloaded: 0,
    duration: null,
    finishedAt: null,
    ratio: null,
    addedAt: 0,
    category: null,
    tags: [],
    tracker: null,
    path: null,
    private: null,
  });
});

for (const field of Object.keys(entry).filter((field) => field !== 'hash')) {
  test(`an invalid "${field}" affects only this field`, () => {
    const whole = parse();
    const rest = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== field));
    for (const value of invalid) {
      const torrent = read(value === undefined ? rest : { ...rest, [field]: value });
      assert.equal(torrent.hash, hash);
      const numbers = [torrent.progress, torrent.size, torrent.speed, torrent.downloaded];
      assert.ok(numbers.every((number) => number >= 0));
      const changed = Object.entries(torrent).filter(
        ([name, shown]) => !isDeepStrictEqual(shown, whole[name as keyof Observation]),
      );
      assert.ok(
        changed.every(([name]) => SHOWS[field]?.includes(name)),
        `${field}: ${changed.join()}`,
      );
    }
  });
}

for (const value of [
  ...invalid,
  '',
  '-',
  hash.slice(1),
  `${hash}0`,
  'g'.repeat(40),
  `${hash}\n`,
  '__proto__',
  hash.repeat(2),
]) {
  test(`an entry with the hash ${JSON.stringify(value)} is ignored`, () => {
    assert.equal(readTorrent({ ...entry, hash: value }), null);
  });
}

test('hashes are converted to lower case', () => {
  const { hash: lower, v1 } = parse({ hash: hash.toUpperCase(), infohash_v1: hash.toUpperCase() });
  assert.deepEqual([lower, v1], [hash, hash]);
});

test('a v2 info-hash is cut to the 40 digits that IDs have', () => {
  const v2 = 'ab'.repeat(32);
  assert.equal(parse({ infohash_v2: v2 }).v2, v2.slice(0, 40));
});

describe('the name', () => {
  test('of a magnet that is only its hash counts as unknown', () => {
    assert.equal(parse({ name: hash }).name, null);
    assert.equal(parse({ name: hash.toUpperCase() }).name, null);
    assert.equal(parse({ name: '' }).name, null);
  });

  test('may be any text', () => {
    for (const name of ['__proto__', '<script>', '\u0000', '\ud800', '\u202egnp.exe', 'a'.repeat(10_000)]) {
      assert.equal(parse({ name }).name, name);
    }
  });
});

test('a progress outside its bounds is unknown', () => {
  for (const progress of [-0.1, 1.1, 42]) assert.equal(parse({ progress }).progress, 0);
});

test('other fields of an entry are ignored, whatever their names', () => {
  const parsed: unknown = JSON.parse(`{"__proto__":{"admin":true},"hash":"${hash}","comment":"x"}`);
  const torrent = read(parsed);
  assert.ok(!('admin' in torrent) && !('comment' in torrent));
});
