import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pathOf, speedLine, torrentLine } from '../../src/page/html/speeds.ts';
import { createSpeeds, INTERVAL, MAX_LINES, POINTS } from '../../src/page/speeds.ts';
import type { Points, Speeds } from '../../src/page/speeds.ts';
import type { Hash } from '../../machines/domain.ts';
import { hashOf, MINUTE, seen } from '../machines/fixtures.ts';
import { mulberry32 } from '../mulberry32.ts';

const KEY = hashOf(1);
/** The begin of an interval. */
const START = 1_000_000 * INTERVAL;
const MB = 1_000_000;

/** The points that are known, by their distance from now in intervals. */
const known = (points: Points): Record<string, number> =>
  Object.fromEntries(
    points.flatMap((speed, index) => (speed === null ? [] : [[points.length - 1 - index, speed]])),
  );

/** Speeds of torrents that are tracked until they are removed. */
function createTracked(maxLines?: number) {
  const removed = new Set<Hash>();
  const speeds = createSpeeds({
    isTracked: (hash) => !removed.has(hash),
    ...(maxLines === undefined ? {} : { maxLines }),
  });
  return {
    ...speeds,
    removed,
    /** A poll of these torrents that shows these speeds. */
    add: (list: Record<Hash, number>, at: number) =>
      speeds.polled(
        Object.keys(list),
        Object.entries(list).map(([hash, speed]) => seen({ hash, speed })),
        at,
      ),
  };
}

/** Adds speeds, one in each interval. */
const fill = (speeds: ReturnType<typeof createTracked>, list: readonly number[]) =>
  list.forEach((speed, n) => speeds.add({ [KEY]: speed }, START + n * INTERVAL));

describe('the speeds of the last ten minutes', () => {
  test('have one point for each interval: the last one of a poll in it', () => {
    const speeds = createTracked();
    assert.equal(POINTS * INTERVAL, 10 * MINUTE);
    for (const [speed, after] of [
      [1, 0],
      [2, 5000],
      [3, 10_000],
      [4, 15_000],
      [9, 60_000],
    ] as const)
      speeds.add({ [KEY]: speed }, START + after);
    assert.deepEqual(known(speeds.of(KEY, START + 60_000)), { 4: 3, 3: 4, 0: 9 });
    assert.deepEqual(known(speeds.of(KEY, START + 120_000)), { 7: 3, 6: 4, 3: 9 });
    assert.deepEqual(known(speeds.of(KEY, START + 10 * MINUTE)), { 39: 3, 38: 4, 35: 9 });
    assert.deepEqual(known(speeds.of(KEY, START + 20 * MINUTE)), {});
    assert.equal(speeds.of(KEY, START).length, POINTS);
  });

  test('of a longer time do not need more memory, and old ones never come back', () => {
    const speeds = createTracked();
    fill(
      speeds,
      Array.from({ length: 1000 }, (_, n) => n + 1),
    );
    const now = START + 999 * INTERVAL;
    assert.deepEqual(
      speeds.of(KEY, now),
      Array.from({ length: POINTS }, (_, n) => 961 + n),
    );
    speeds.add({ [KEY]: 7 }, now + 39 * INTERVAL);
    assert.deepEqual(known(speeds.of(KEY, now + 39 * INTERVAL)), { 39: 1000, 0: 7 });
    speeds.add({ [KEY]: 8 }, now + 90 * INTERVAL);
    assert.deepEqual(known(speeds.of(KEY, now + 90 * INTERVAL)), { 0: 8 });
  });

  test('survive a late sample, and begin again when the clock is set back', () => {
    const speeds = createTracked();
    fill(speeds, [1, 2, 3]);
    speeds.add({ [KEY]: 9 }, START);
    assert.deepEqual(known(speeds.of(KEY, START + 2 * INTERVAL)), { 2: 1, 1: 2, 0: 3 });
    const before = START - 60 * MINUTE;
    speeds.add({ [KEY]: 4 }, before);
    assert.deepEqual(known(speeds.of(KEY, before)), { 0: 4 });
    assert.deepEqual(known(speeds.of(KEY, START)), {});
  });

  test('are stored of a limited number of torrents, and of none that only waits or is not tracked any more', () => {
    const speeds = createTracked();
    for (let n = 0; n < 10_000; n += 1) speeds.add({ [hashOf(n)]: n % 2 }, START);
    assert.equal([...speeds.hashes()].length, MAX_LINES);
    assert.ok(speeds.has(hashOf(1)) && !speeds.has(hashOf(2)));
    assert.deepEqual(speeds.of(hashOf(2), START), []);

    speeds.removed.add(hashOf(1));
    speeds.add({ [hashOf(5)]: 0 }, START + 9 * MINUTE);
    assert.equal([...speeds.hashes()].length, MAX_LINES - 1);
    assert.ok(speeds.has(hashOf(5)), 'it had a speed nine minutes ago');
    speeds.add({ [hashOf(5)]: 0 }, START + 11 * MINUTE);
    assert.deepEqual([...speeds.hashes()], []);
  });
});

const totals = (speeds: Speeds, n: number) => known(speeds.total(START + n * INTERVAL));

describe('the total speed', () => {
  const [a, b] = [hashOf(1), hashOf(2)];

  test('includes torrents that a poll did not request, and those without a line', () => {
    const speeds = createTracked(1);
    speeds.add({ [a]: 1, [b]: 2 }, START);
    speeds.add({ [a]: 5 }, START + INTERVAL);
    assert.deepEqual([...speeds.hashes()], [a]);
    assert.deepEqual(totals(speeds, 1), { 1: 3, 0: 7 });
  });

  test('includes none that has ended, was not found, or is not tracked any more', () => {
    const speeds = createTracked();
    speeds.add({ [a]: 1, [b]: 2 }, START);
    speeds.polled([a], [], START + INTERVAL);
    speeds.removed.add(b);
    speeds.polled([], [], START + 2 * INTERVAL);
    assert.deepEqual(totals(speeds, 2), { 2: 3, 1: 2, 0: 0 });
  });
});

/** The lines of a path, each as its points. Fails for anything that is not of this form. */
function linesOf(path: string): Array<Array<[x: number, y: number]>> {
  assert.match(path, /^(?:[Mhl] ?-?\d+(?: ?-?\d+)?)*$/);
  const lines: Array<Array<[number, number]>> = [];
  let [x, y] = [0, 0];
  for (const [, command, numbers = ''] of path.matchAll(/([Mhl])([^Mhl]*)/g)) {
    const [first = 0, second = 0] = (numbers.match(/-?\d+/g) ?? []).map(Number);
    if (command === 'M') {
      [x, y] = [first, second];
      lines.push([[x, y]]);
      continue;
    }
    x += first;
    if (command === 'l') y += second;
    lines.at(-1)?.push([x, y]);
  }
  return lines;
}

/** The height of a line at a place; `null` where none is drawn. */
function heightAt(lines: ReturnType<typeof linesOf>, x: number): number | null {
  for (const line of lines)
    for (const [index, [right, y]] of line.entries()) {
      const [left, before] = line[index - 1] ?? [right, y];
      if (left <= x && x <= right)
        return right === left ? y : before + ((y - before) * (x - left)) / (right - left);
    }
  return null;
}

describe('the line', () => {
  test('goes through each point, and has a gap where no poll showed a speed for a minute', () => {
    const random = mulberry32(18);
    for (let round = 0; round < 500; round += 1) {
      const gaps = random();
      const steady = random();
      let last = 0;
      const points: Points = Array.from({ length: POINTS }, () => {
        if (random() < gaps) return null;
        if (random() > steady) last = Math.floor(random() * 10 * MB);
        return last;
      });
      const highest = Math.max(1, ...points.filter((speed) => speed !== null));
      const path = pathOf(points, highest);
      const lines = linesOf(path);
      for (const [index, speed] of points.entries()) {
        const x = 1 + 2 * index;
        const drawn = heightAt(lines, x);
        if (speed !== null) {
          assert.equal(drawn, 19 - Math.round((speed / highest) * 18), `${round}: ${path} at ${index}`);
          continue;
        }
        const before = points.findLastIndex((each, at) => at < index && each !== null);
        const after = points.findIndex((each, at) => at > index && each !== null);
        const isGap = before === -1 || after === -1 || after - before > 3;
        assert.equal(drawn === null, isGap, `${round}: ${path} at ${index}`);
      }
    }
  });

  test('is short: a steady speed is one horizontal line, and each point needs few characters', () => {
    assert.equal(pathOf([5, 5, 5, 5], 5), 'M1 1h0h6');
    assert.equal(pathOf([0, 5, null, 0, null, null, null, 5], 5), 'M1 19h0l2-18l4 18M15 1h0');
    const random = mulberry32(1);
    const worst = pathOf(
      Array.from({ length: POINTS }, () => random()),
      1,
    );
    assert.ok(worst.length < 6 * POINTS, `${worst.length} characters`);
  });

  test('is drawn from two points on, and only if one is above 0', () => {
    for (const points of [[], [null], [5], [null, 5, null], [0, 0, 0]])
      assert.equal(speedLine(points, {}), '', JSON.stringify(points));
    assert.match(String(speedLine([1, 2], {})), /^<svg /);
  });

  test('is an image with a text, in the units and the language of the page', () => {
    const points = [1.3 * MB, 3 * MB, null];
    assert.match(
      String(speedLine(points, {})),
      / role="img" aria-label="Total speed in the last 10 minutes: highest 3\.0 MB\/s"/,
    );
    const line = String(torrentLine(KEY, points, { units: 'binary', locale: 'de' }));
    assert.match(line, new RegExp(`^<svg class="speeds" +id="l-${KEY}" data-in="t-${KEY}" viewBox=`));
    assert.match(line, /aria-label="Speed in the last 10 minutes: highest 2,9 MiB\/s"/);
    assert.match(line, /<path d="[^"<]+" ?\/><\/svg>$/);
  });
});
