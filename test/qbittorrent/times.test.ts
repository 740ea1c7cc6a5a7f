/** The ETA, the duration and the time of completion of an entry. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from './entries.ts';

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
