import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNewest, WINDOW } from '../../../machines/discovery/newest.ts';
import type { Newest } from '../../../machines/discovery/newest.ts';
import type { Observation } from '../../../machines/domain.ts';
import { mulberry32 } from '../../mulberry32.ts';
import { hashOf, seen } from '../fixtures.ts';

/** So many torrents, added at these seconds. */
const added = (from: number, count: number, at: (n: number) => number): Observation[] =>
  Array.from({ length: count }, (_, n) => seen({ hash: hashOf(from + n), addedAt: at(n) }));

/** What looks at this list find, as the discovery makes them; and how many questions each took. */
function createLooks(random = Math.random) {
  let newest: Newest | null = null;
  return (all: readonly Observation[]) => {
    // Which of those of one second comes first, qBittorrent leaves open.
    const sorted = all
      .map((torrent) => ({ torrent, order: random() }))
      .toSorted((one, other) => other.torrent.addedAt - one.torrent.addedAt || one.order - other.order)
      .map(({ torrent }) => torrent);
    for (let limit = WINDOW, questions = 1; ; questions += 1) {
      const reading = readNewest(newest, sorted.slice(0, limit), limit);
      if (reading.kind === 'more') limit = reading.limit;
      else {
        newest = reading.newest;
        return { found: reading.found.map(({ hash }) => hash).toSorted(), questions };
      }
    }
  };
}

const hashesOf = (torrents: readonly Observation[]) => torrents.map(({ hash }) => hash).toSorted();

describe('a look at the newest torrents', () => {
  test('says nothing the first time, and nothing while nothing comes', () => {
    const look = createLooks();
    const old = added(0, 1000, (n) => n);
    for (let times = 0; times < 3; times += 1) assert.deepEqual(look(old), { found: [], questions: 1 });
  });

  for (const count of [1, 50, 51, 120, 1000, 5000]) {
    test(`finds ${count} that were added at once, and only once`, () => {
      const look = createLooks();
      const old = added(0, 300, (n) => n);
      look(old);
      const fresh = added(300, count, () => 1000);
      assert.deepEqual(look([...old, ...fresh]).found, hashesOf(fresh));
      for (let times = 0; times < 3; times += 1) assert.deepEqual(look([...old, ...fresh]).found, []);
      assert.equal(look([...old, ...fresh]).questions, 1, 'and then one question is enough again');
    });
  }

  test('finds all of those in the midst of whose adding it fell, whatever their order', () => {
    const random = mulberry32(3);
    for (let run = 0; run < 50; run += 1) {
      const look = createLooks(random);
      const old = added(0, 100, (n) => n);
      look(old);
      const fresh = added(100, 120, () => 1000);
      const half = fresh.slice(0, 1 + Math.floor(random() * 118));
      const first = look([...old, ...half]).found;
      const second = look([...old, ...fresh]).found;
      assert.deepEqual([...first, ...second].toSorted(), hashesOf(fresh));
    }
  });

  test('takes none for new of a library whose torrents all have one date', () => {
    const look = createLooks(mulberry32(5));
    const library = added(0, 10_000, () => 0);
    for (let times = 0; times < 20; times += 1) assert.deepEqual(look(library).found, []);
    const fresh = added(10_000, 1, () => 77);
    assert.deepEqual(look([...library, ...fresh]).found, hashesOf(fresh));
    for (let times = 0; times < 20; times += 1) assert.deepEqual(look([...library, ...fresh]).found, []);
  });

  test('finds one that was removed and added again since the last look', () => {
    const look = createLooks();
    const [torrent = seen(), ...others] = added(0, 10, (n) => 100 - n);
    look([torrent, ...others]);
    const again = { ...torrent, addedAt: 200 };
    assert.deepEqual(look([again, ...others]).found, [again.hash]);
  });

  test('finds the first torrent of an empty qBittorrent, and the next after all were removed', () => {
    const look = createLooks();
    assert.deepEqual(look([]).found, []);
    const [first, second] = [added(1, 1, () => 5), added(2, 1, () => 7)];
    assert.deepEqual(look(first).found, hashesOf(first));
    assert.deepEqual(look([]).found, []);
    assert.deepEqual(look(second).found, hashesOf(second));
  });
});
