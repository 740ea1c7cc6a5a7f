import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNewest, FIRST_WINDOW } from '../../../machines/discovery/newest.ts';
import type { Newest } from '../../../machines/discovery/newest.ts';
import type { Observation } from '../../../machines/domain.ts';
import { mulberry32 } from '../../mulberry32.ts';
import { hashOf, seen } from '../fixtures.ts';

/** `count` torrents, added at these seconds. */
const added = (from: number, count: number, at: (n: number) => number): Observation[] =>
  Array.from({ length: count }, (_, n) => seen({ hash: hashOf(from + n), addedAt: at(n) }));

/** Requests the newest torrents as discovery does: returns those it finds, and the number of requests. */
function createRequests(random = Math.random) {
  let newest: Newest | null = null;
  return (all: readonly Observation[]) => {
    // The order of torrents that were added in the same second is undefined in qBittorrent.
    const sorted = all
      .map((torrent) => ({ torrent, order: random() }))
      .toSorted((one, other) => other.torrent.addedAt - one.torrent.addedAt || one.order - other.order)
      .map(({ torrent }) => torrent);
    for (let limit = FIRST_WINDOW, requests = 1; ; requests += 1) {
      const reading = readNewest(newest, sorted.slice(0, limit), limit);
      if (reading.kind === 'more') limit = reading.limit;
      else {
        newest = reading.newest;
        return { found: reading.found.map(({ hash }) => hash).toSorted(), requests };
      }
    }
  };
}

const hashesOf = (torrents: readonly Observation[]) => torrents.map(({ hash }) => hash).toSorted();

describe('a request for the newest torrents', () => {
  test('finds no torrent the first time, nor while none is added', () => {
    const request = createRequests();
    const old = added(0, 1000, (n) => n);
    for (let times = 0; times < 3; times += 1) assert.deepEqual(request(old), { found: [], requests: 1 });
  });

  for (const count of [1, 50, 51, 120, 1000, 5000]) {
    test(`finds ${count} torrents that were added at once, each once`, () => {
      const request = createRequests();
      const old = added(0, 300, (n) => n);
      request(old);
      const fresh = added(300, count, () => 1000);
      assert.deepEqual(request([...old, ...fresh]).found, hashesOf(fresh));
      for (let times = 0; times < 3; times += 1) assert.deepEqual(request([...old, ...fresh]).found, []);
      assert.equal(request([...old, ...fresh]).requests, 1, 'one request is enough again');
    });
  }

  test('finds all torrents that are added before and after it, whatever their order', () => {
    const random = mulberry32(3);
    for (let run = 0; run < 50; run += 1) {
      const request = createRequests(random);
      const old = added(0, 100, (n) => n);
      request(old);
      const fresh = added(100, 120, () => 1000);
      const half = fresh.slice(0, 1 + Math.floor(random() * 118));
      const first = request([...old, ...half]).found;
      const second = request([...old, ...fresh]).found;
      assert.deepEqual([...first, ...second].toSorted(), hashesOf(fresh));
    }
  });

  test('finds no torrent again in a library whose torrents all have the same date', () => {
    const request = createRequests(mulberry32(5));
    const library = added(0, 10_000, () => 0);
    for (let times = 0; times < 20; times += 1) assert.deepEqual(request(library).found, []);
    const fresh = added(10_000, 1, () => 77);
    assert.deepEqual(request([...library, ...fresh]).found, hashesOf(fresh));
    for (let times = 0; times < 20; times += 1) assert.deepEqual(request([...library, ...fresh]).found, []);
  });

  test('finds a torrent that was removed and added again since the last request', () => {
    const request = createRequests();
    const [torrent = seen(), ...others] = added(0, 10, (n) => 100 - n);
    request([torrent, ...others]);
    const again = { ...torrent, addedAt: 200 };
    assert.deepEqual(request([again, ...others]).found, [again.hash]);
  });

  test('finds the first torrent of an empty qBittorrent, and the next after all were removed', () => {
    const request = createRequests();
    assert.deepEqual(request([]).found, []);
    const [first, second] = [added(1, 1, () => 5), added(2, 1, () => 7)];
    assert.deepEqual(request(first).found, hashesOf(first));
    assert.deepEqual(request([]).found, []);
    assert.deepEqual(request(second).found, hashesOf(second));
  });
});
