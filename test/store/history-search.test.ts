import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import { endedTorrent, entriesOf, open, tempDir, withFile } from './fixtures.ts';
import { addAll, range } from './histories.ts';

describe('a search', () => {
  const names = ['Big.Buck.Bunny.2008', 'big fish', 'Ärger im Café', '100% real_name', 'a\\b'];

  const search = (t: TestContext, text: string): (string | null)[] => {
    const dir = tempDir(t);
    addAll(
      dir,
      names.map((name, index) => endedTorrent(index, { name, category: index === 1 ? 'Films/4k' : '' })),
    );
    return entriesOf(open(dir).store, text).map(({ name }) => name);
  };

  for (const [text, found] of [
    ['', [4, 3, 2, 1, 0]],
    ['BIG', [1, 0]],
    ['bunny big', [0]],
    ['  big\tbuck ', [0]],
    ['films', [1]],
    ['4K fish', [1]],
    ['ärger', [2]],
    // Composed of two characters each.
    ['A\u0308RGER CAFE\u0301', [2]],
    // The wildcards of SQL and of globs are characters.
    ['%', [3]],
    ['_', [3]],
    ['b%y', []],
    ['b*y', []],
    ['\\', [4]],
    ["' OR 1=1 --", []],
    ['nothing', []],
  ] as const) {
    test(`for ${JSON.stringify(text)} finds ${found.length}`, (t) => {
      assert.deepEqual(
        search(t, text),
        found.map((index) => names[index]),
      );
    });
  }

  test('returns pages: each begins after the last entry of the one before', (t) => {
    const dir = tempDir(t);
    addAll(
      dir,
      Array.from({ length: 25 }, (_, n) => endedTorrent(n, { at: 1000 + (n % 3) })),
    );
    const { store } = open(dir);
    const all = entriesOf(store);
    const found: EndedTorrent[] = [];
    let before: ReturnType<typeof store.history.find>['next'] = null;
    for (let page = 0; page < 4; page += 1) {
      const { entries, next } = store.history.find({ search: 'torrent', limit: 7, before });
      found.push(...entries);
      assert.equal(next === null, page === 3);
      before = next;
    }
    assert.deepEqual([found.length, found], [25, all]);
  });

  test('reads rows one by one: the newest 20 of 5,000 are 21 rows', (t) => {
    const dir = tempDir(t);
    addAll(dir, range(1, 5000));
    withFile(dir, (file) => file.exec(`UPDATE history SET value = 'x' WHERE at < ${endedTorrent(4979).at}`));
    const { store } = open(dir);
    const { entries, next } = store.history.find({ search: '', limit: 20, before: null });
    assert.deepEqual([entries.length, next?.at], [20, endedTorrent(4981).at]);
    store.close();
    assert.deepEqual(
      withFile(dir, (file) =>
        file
          .prepare('EXPLAIN QUERY PLAN SELECT at FROM history ORDER BY at DESC, hash DESC, end DESC LIMIT 20')
          .all(),
      ).map(({ detail }) => detail),
      ['SCAN history'],
      'in the order of the table: nothing is sorted',
    );
  });
});

describe('untrusted names in the history', () => {
  test('are stored as one line without control characters, well-formed and cut', (t) => {
    const dir = tempDir(t);
    const names = ['half \uD83D', 'nul \0 byte', 'line\nbreak', 'gpj.\u202Eexe', 'x'.repeat(100_000), ''];
    addAll(
      dir,
      names.map((name, index) => endedTorrent(index, { name, category: name, rule: name })),
    );
    const stored = entriesOf(open(dir).store).toReversed();
    assert.deepEqual(
      stored.map(({ name }) => name),
      ['half \uFFFD', 'nul byte', 'line break', 'gpj. exe', 'x'.repeat(300), ''],
    );
    assert.deepEqual(
      stored.map(({ category, rule }) => [category, rule]),
      stored.map(({ name }) => [name, name]),
    );
  });

  test('and figures of any kind are stored and read, or the row is ignored', (t) => {
    const dir = tempDir(t);
    addAll(dir, [
      endedTorrent(1, { size: 1e300, downloaded: Number.NaN, duration: Infinity }),
      endedTorrent(2, { at: 12.7 }),
      endedTorrent(3, { at: -5 }),
      endedTorrent(4, { card: 'not a digest' }),
    ]);
    const { store, lines } = open(dir);
    assert.deepEqual(
      entriesOf(store).map(({ at, size, downloaded, duration, card }) => [
        at,
        size,
        downloaded,
        duration,
        card,
      ]),
      [
        [1_700_000_004, 1_000_000, 1_000_000, 100, null],
        [1_700_000_001, 1e300, 0, null, 'own'],
        [12, 1_000_000, 1_000_000, 100, 'own'],
        [0, 1_000_000, 1_000_000, 100, 'own'],
      ],
    );
    assert.deepEqual(lines, []);
  });
});
