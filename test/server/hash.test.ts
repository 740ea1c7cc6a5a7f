import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHash } from '../../src/server/hash.ts';
import { hash, hookApp } from './apps.ts';

const v2 = hash + 'fedcba9876543210fedcba98';

function messageOf(query: string): string {
  const parsed = parseHash(query);
  assert.ok(!parsed.ok, `accepted: ${query}`);
  return parsed.message;
}

describe('a hash', () => {
  test('of 40 hex digits is the torrent, whatever its case', () => {
    assert.deepEqual(parseHash(`hash=${hash}`), { ok: true, hash });
    assert.deepEqual(parseHash(`hash=${hash.toUpperCase()}`), { ok: true, hash });
  });

  test('of 64 hex digits is a v2 torrent, known by its first 40', () => {
    assert.deepEqual(parseHash(`hash=${v2.toUpperCase()}`), { ok: true, hash });
  });

  test('is found among other parameters', () => {
    assert.deepEqual(parseHash(`a=1&hash=${hash}&name=x%20y`), { ok: true, hash });
  });

  test('that is missing is reported', () => {
    for (const query of ['', 'hash', 'hash=', '=', '&', `HASH=${hash}`, `hashes=${hash}`, hash]) {
      assert.match(messageOf(query), /^The hash is missing/);
    }
  });

  test('that is "-" is valid, and names no torrent', () => {
    assert.deepEqual(parseHash('hash=-'), { ok: true, hash: null });
    for (const query of ['hash=--', 'hash=-&hash=-', `hash=-${hash}`]) assert.ok(!parseHash(query).ok);
  });

  test('that is given twice is refused, even if both are the same or one is encoded', () => {
    for (const other of [`hash=${hash}`, 'hash=', 'hash', `h%61sh=${hash}`]) {
      assert.match(messageOf(`hash=${hash}&${other}`), /more than once/);
    }
  });
});

/** Each would be something else than one torrent for qBittorrent, for a log or for a page. */
const hostile = [
  'all',
  'hash',
  '%K',
  '%I',
  hash.slice(1),
  `${hash}0`,
  v2.slice(1),
  `${v2}0`,
  `${hash}|${hash}`,
  `${hash}%7C${hash}`,
  `${hash},${hash}`,
  `${hash}%00`,
  `${hash}%0A`,
  `${hash}%0d%0aX-Evil:1`,
  `%30${hash.slice(1)}`,
  `+${hash.slice(1)}`,
  `%20${hash}`,
  `${hash};hash=${hash}`,
  `${hash}#${hash}`,
  `${hash}?hash=${hash}`,
  `${hash}/../../app/shutdown`,
  `${hash.slice(0, 39)}g`,
  `${hash.slice(0, 39)}%EF%BD%81`,
  `${hash.slice(0, 39)}а`,
  `0x${hash.slice(2)}`,
  '<script>alert(1)</script>',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  "'; DROP TABLE torrents; --",
  '$(reboot)',
  '../../../../etc/passwd',
  '%',
  '%zz',
  '%c0%80',
  '__proto__',
  'undefined',
  'null',
  'NaN',
  '1e40',
  'a'.repeat(400),
];

describe('a hostile hash changes nothing and is not repeated:', () => {
  for (const value of hostile) {
    test(JSON.stringify(value), async () => {
      assert.equal(parseHash(`hash=${value}`).ok, false);
      const { app, tracked } = hookApp();
      // A URL in a test is parsed like that of a browser, which removes the part after #: so that one is encoded.
      const response = await app.request(`/track?hash=${value.replace('#', '%23')}`, { method: 'POST' });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /^The hash (?:must be|is given|is missing)[\w ,/?=%.]+$/);
      assert.deepEqual(tracked, []);
    });
  }

  test('an array parameter', () => assert.match(messageOf(`hash[]=${hash}`), /missing/));
});

test('of thousands of random queries only a plain hash is accepted', () => {
  const random = seeded(20_261_123);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const parts = [
    'hash=',
    '&',
    '%',
    '=',
    '|',
    '-',
    '+',
    ';',
    '#',
    '%00',
    '%41',
    'a',
    'F',
    'é',
    '\0',
    ' ',
    hash,
    v2,
  ];
  const messages = new Set<string>();
  let accepted = 0;
  for (let i = 0; i < 3000; i += 1) {
    const length = Math.floor(random() * 6);
    const query = `hash=${pick(['', hash, v2])}${Array.from({ length }, () => pick(parts)).join('')}`;
    const parsed = parseHash(query);
    if (parsed.ok) {
      accepted += 1;
      assert.match(query, /(?:^|&)hash=(?:-|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})(?:&|$)/);
      if (parsed.hash !== null) assert.match(parsed.hash, /^[0-9a-f]{40}$/);
    } else {
      messages.add(parsed.message);
    }
  }
  assert.ok(accepted > 100, `only ${accepted} accepted: the test has become blind`);
  assert.ok(messages.size <= 4, 'a message holds a part of its input');
});

/** Mulberry32: the same numbers for the same seed, so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
