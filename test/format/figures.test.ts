import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatDuration, formatLongDuration, formatSize, progressBar } from '../../src/format/figures.ts';

describe('the bar', () => {
  const cases: [percent: number, filled: number][] = [
    [0, 0],
    [9, 0],
    [10, 1],
    [42, 4],
    [95, 9],
    [99, 9],
    [99.99, 9],
    [100, 10],
  ];
  for (const [percent, filled] of cases) {
    test(`has ${filled} of ten filled at ${percent} %`, () =>
      assert.equal(progressBar(percent), `[${'█'.repeat(filled)}${'░'.repeat(10 - filled)}]`));
  }

  test('has ten segments at every percent, and all are filled only at 100', () => {
    for (let percent = -10; percent <= 110; percent += 1) {
      const drawn = progressBar(percent);
      assert.match(drawn, /^\[█*░*\]$/);
      assert.equal(drawn.length, 12);
      assert.equal(drawn.includes('░'), percent < 100);
    }
  });
});

describe('a size', () => {
  const cases: [bytes: number, text: string][] = [
    [0, '0 B'],
    [-1, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_300_000, '1.3 MB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [704_000_000, '704 MB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [4_700_000_000, '4.7 GB'],
    [2e12, '2.0 TB'],
    [3e15, '3.0 PB'],
    [4e18, '4000 PB'],
  ];
  for (const [bytes, text] of cases) {
    test(`of ${bytes} bytes is ${text}`, () => assert.equal(formatSize(bytes), text));
  }
});

describe('a duration', () => {
  const cases: [seconds: number | null, text: string][] = [
    [null, '∞'],
    [Infinity, '∞'],
    [Number.NaN, '∞'],
    [-5, '0s'],
    [0, '0s'],
    [0.4, '0s'],
    [1, '1s'],
    [59.6, '1m'],
    [60, '1m'],
    [750, '12m 30s'],
    [3600, '1h'],
    [3601, '1h'],
    [5400, '1h 30m'],
    [86_400, '1d'],
    [86_460, '1d'],
    [90_000, '1d 1h'],
    [8_639_999, '99d 23h'],
  ];
  for (const [seconds, text] of cases) {
    test(`of ${seconds} seconds is ${text}`, () => assert.equal(formatDuration(seconds), text));
  }
});

describe('a long duration', () => {
  const cases: [seconds: number, text: string][] = [
    [0, '0 seconds'],
    [1, '1 second'],
    [60, '1 minute'],
    [1800, '30 minutes'],
    [5400, '1 hour 30 minutes'],
    [90_000, '1 day 1 hour'],
  ];
  for (const [seconds, text] of cases) {
    test(`of ${seconds} seconds is ${text}`, () => assert.equal(formatLongDuration(seconds), text));
  }
});
