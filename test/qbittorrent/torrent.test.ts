import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { torrentSchema } from '../../src/qbittorrent/torrent.ts';

const hash = '0123456789abcdef0123456789abcdef01234567';

/** An entry of qBittorrent 5.3, with the fields that are used. */
const entry = {
  hash,
  infohash_v1: hash,
  infohash_v2: '',
  name: 'debian.iso',
  state: 'downloading',
  progress: 0.5,
  size: 1000,
  dlspeed: 10,
  eta: 50,
  downloaded: 500,
  time_active: 60,
  seeding_time: 0,
  completion_on: -1,
  category: 'films/4k',
  tags: 'a c, b',
  tracker: 'https://tracker.example/passkey/announce',
  save_path: '/films',
  private: true,
};

const parse = (over: Record<string, unknown> = {}) => torrentSchema.parse({ ...entry, ...over });

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
    ratio: null,
    addedAt: 0,
    category: 'films/4k',
    tags: ['a c', 'b'],
    tracker: 'tracker.example',
    path: '/films',
    private: true,
  });
});

test('an entry in which only the hash is valid has default values', () => {
  assert.deepEqual(torrentSchema.parse({ hash }), {
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
    const rest = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== field));
    for (const value of invalid) {
      const parsed = torrentSchema.safeParse(value === undefined ? rest : { ...rest, [field]: value });
      assert.ok(parsed.success, `${JSON.stringify(value)} should be survived`);
      assert.equal(parsed.data.hash, hash);
      const numbers = [parsed.data.progress, parsed.data.size, parsed.data.speed, parsed.data.downloaded];
      assert.ok(numbers.every((number) => number >= 0));
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
    assert.ok(!torrentSchema.safeParse({ ...entry, hash: value }).success);
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

describe('the ETA', () => {
  for (const [eta, expected] of [
    [0, 0],
    [8_639_999, 8_639_999],
    [8_640_000, null],
    [8_640_001, null],
    [-1, null],
  ] as const) {
    test(`is ${expected ?? 'unknown'} where qBittorrent reports ${eta}`, () =>
      assert.equal(parse({ eta }).eta, expected));
  }
});

describe('the duration of a download', () => {
  for (const [time_active, seeding_time, expected] of [
    [100, 40, 60],
    [100, -1, 100],
    [100, 200, 1],
    [0, 0, null],
    [-1, 0, null],
    [null, 0, null],
    [100, null, 100],
  ] as const) {
    test(`is ${expected} for ${time_active} active and ${seeding_time} seeding seconds`, () =>
      assert.equal(parse({ time_active, seeding_time }).duration, expected));
  }

  test('ends at the completion where the seeding time is unknown (before 4.3.4)', () => {
    const times = { seeding_time: undefined, added_on: 1000, completion_on: 1060 };
    assert.equal(parse({ ...times, time_active: 90_000 }).duration, 60);
    assert.equal(parse({ ...times, time_active: 20 }).duration, 20);
    assert.equal(parse({ ...times, time_active: 90_000, completion_on: 4_294_967_295 }).duration, 90_000);
  });
});

describe('the time of completion', () => {
  for (const [completion_on, version] of [
    [4_294_967_295, '4.1'],
    [0, '4.5'],
    [-1, '5.x'],
  ] as const) {
    test(`is not set where qBittorrent ${version} reports ${completion_on}`, () =>
      assert.equal(parse({ completion_on }).finishedAt, null));
  }

  test('is the one that qBittorrent reports', () => {
    assert.equal(parse({ completion_on: 1_700_000_000 }).finishedAt, 1_700_000_000);
  });
});

test('a progress outside its bounds is unknown', () => {
  for (const progress of [-0.1, 1.1, 42]) assert.equal(parse({ progress }).progress, 0);
});

test('other fields of an entry are ignored, whatever their names', () => {
  const parsed: unknown = JSON.parse(`{"__proto__":{"admin":true},"hash":"${hash}","comment":"x"}`);
  const torrent = torrentSchema.parse(parsed);
  assert.ok(!('admin' in torrent) && !('comment' in torrent));
});
