import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createQuietHours } from '../../../src/config/rules/quiet-hours.ts';
import { runs } from '../../properties/property.ts';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

const between = (from: string, to: string, timeZone: string) =>
  createQuietHours({ from, to, through: [] }, timeZone);

/** When it becomes quiet, and when that ends, within a year: `2026-01-01T21:30Z quiet`. */
function changesOf(from: string, to: string, timeZone: string, [start, end]: readonly [number, number]) {
  const { periodAt } = between(from, to, timeZone);
  const changes: string[] = [];
  for (let at = periodAt(start).until; at < end; at = periodAt(at).until) {
    assert.notEqual(periodAt(at).isQuiet, periodAt(at - 1).isQuiet, nameOf(at));
    changes.push(`${nameOf(at)} ${periodAt(at).isQuiet ? 'quiet' : 'over'}`);
  }
  return changes;
}

const nameOf = (at: number): string => new Date(at).toISOString().replace(/:00\.000Z$/, 'Z');

const night = (date: string): [number, number] => {
  const noon = Date.parse(`${date}T12:00Z`);
  return [noon, noon + DAY + MINUTE];
};

/** Minutes. */
function lengthOf(zone: string, date: string): number {
  const [start = '', end = ''] = changesOf('22:30', '07:00', zone, night(date));
  return (Date.parse(end.replace(' over', '')) - Date.parse(start.replace(' quiet', ''))) / MINUTE;
}

test('quiet hours cannot begin and end at the same time, or at what is no time', () => {
  for (const [from, to] of [
    ['07:00', '07:00'],
    ['24:00', '07:00'],
    ['22:30', '7:00'],
    ['22:60', '07:00'],
    ['22:30', ''],
  ] as const)
    assert.throws(() => between(from, to, 'UTC'), RangeError, `${from} to ${to}`);
});

describe('quiet hours', () => {
  test('begin and end at the local time, across midnight', () => {
    assert.deepEqual(changesOf('22:30', '07:00', 'Europe/Berlin', night('2026-01-10')), [
      '2026-01-10T21:30Z quiet',
      '2026-01-11T06:00Z over',
    ]);
    assert.deepEqual(changesOf('22:30', '07:00', 'Asia/Kathmandu', night('2026-01-10')), [
      '2026-01-10T16:45Z quiet',
      '2026-01-11T01:15Z over',
    ]);
  });

  test('can lie within one day', () => {
    assert.deepEqual(changesOf('13:00', '15:00', 'UTC', night('2026-01-10')), [
      '2026-01-10T13:00Z quiet',
      '2026-01-10T15:00Z over',
    ]);
  });

  test('contain their first instant, and not their last', () => {
    const { periodAt } = between('22:30', '07:00', 'UTC');
    const [start, end] = [Date.parse('2026-01-10T22:30Z'), Date.parse('2026-01-11T07:00Z')];
    assert.deepEqual(
      [start - 1, start, end - 1, end].map((at) => periodAt(at).isQuiet),
      [false, true, true, false],
    );
  });

  const spring = { 'Europe/Berlin': '2026-03-28', 'America/New_York': '2026-03-07' };
  const autumn = { 'Europe/Berlin': '2026-10-24', 'America/New_York': '2026-10-31' };

  test('are an hour shorter when the clock is set forward, an hour longer when it is set back', () => {
    for (const [zone, date] of Object.entries(spring)) assert.equal(lengthOf(zone, date), 7.5 * 60, zone);
    for (const [zone, date] of Object.entries(autumn)) assert.equal(lengthOf(zone, date), 9.5 * 60, zone);
  });

  test('end at the next minute that exists if their end is skipped', () => {
    assert.deepEqual(changesOf('22:30', '02:30', 'Europe/Berlin', night('2026-03-28')), [
      '2026-03-28T21:30Z quiet',
      '2026-03-29T01:00Z over',
    ]);
    assert.deepEqual(changesOf('22:30', '02:30', 'America/New_York', night('2026-03-07')), [
      '2026-03-08T03:30Z quiet',
      '2026-03-08T07:00Z over',
    ]);
    // Half an hour is skipped: 02:00 to 02:30.
    assert.deepEqual(changesOf('23:00', '02:10', 'Australia/Lord_Howe', night('2026-10-03')).slice(0, 2), [
      '2026-10-03T12:30Z quiet',
      '2026-10-03T15:30Z over',
    ]);
  });

  test('end at the first of two equal times', () => {
    assert.deepEqual(changesOf('22:30', '02:30', 'Europe/Berlin', night('2026-10-24')), [
      '2026-10-24T20:30Z quiet',
      '2026-10-25T00:30Z over',
    ]);
    assert.deepEqual(changesOf('22:30', '01:30', 'America/New_York', night('2026-10-31')), [
      '2026-11-01T02:30Z quiet',
      '2026-11-01T05:30Z over',
    ]);
  });

  test('do not happen on the day on which both their times are skipped', () => {
    assert.deepEqual(changesOf('02:10', '02:50', 'Europe/Berlin', night('2026-03-28')), []);
    assert.equal(changesOf('02:10', '02:50', 'Europe/Berlin', night('2026-03-29')).length, 2);
  });
});

/** Wall-clock time as if it were UTC, for each minute of a year and the days around it. */
function wallClock(timeZone: string, start: number, end: number): Float64Array {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const minutes = new Float64Array((end - start) / MINUTE);
  // All changes of these zones happen at a quarter of an hour.
  for (let at = start; at < end; at += QUARTER) {
    const shown = Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
    const first = (at - start) / MINUTE;
    for (let minute = 0; minute < QUARTER / MINUTE; minute += 1)
      minutes[first + minute] = shown + minute * MINUTE;
  }
  return minutes;
}

/**
 * The definition, minute by minute: quiet begins and ends when the wall clock, for the first time, shows that time of a
 * day or a later one.
 */
function referenceOf(wall: Float64Array, start: number, from: number, to: number): string[] {
  const changes: string[] = [];
  let latest = (wall[0] ?? 0) - MINUTE;
  let isQuiet: boolean | null = null;
  for (const [minute, shown] of wall.entries()) {
    if (shown <= latest) continue;
    let next: boolean | null = isQuiet;
    for (let passed = latest + MINUTE; passed <= shown; passed += MINUTE) {
      const timeOfDay = ((passed % DAY) + DAY) % DAY;
      if (timeOfDay === from * MINUTE) next = true;
      else if (timeOfDay === to * MINUTE) next = false;
    }
    latest = shown;
    if (next !== isQuiet)
      changes.push(`${nameOf(start + minute * MINUTE)} ${next === true ? 'quiet' : 'over'}`);
    isQuiet = next;
  }
  return changes;
}

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'UTC',
];

const [YEAR, NEXT_YEAR] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Minutes of the day; those around which clocks are set are frequent. */
const minuteOfDay = fc.oneof(
  fc.nat({ max: 1439 }),
  fc.integer({ min: 0, max: 190 }),
  fc.constantFrom(0, 1, 59, 60, 119, 120, 121, 149, 150, 179, 180, 1380, 1439),
);

for (const zone of ZONES) {
  test(`in ${zone}, a whole year is as counted minute by minute`, () => {
    // The reference has seen both times of the day after two days.
    const start = YEAR - 2 * DAY;
    const wall = wallClock(zone, start, NEXT_YEAR);
    fc.assert(
      fc.property(minuteOfDay, minuteOfDay, (from, to) => {
        fc.pre(from !== to);
        const expected = referenceOf(wall, start, from, to).filter((change) => change >= nameOf(YEAR + DAY));
        assert.ok(expected.length > 700);
        const found = changesOf(timeOf(from), timeOf(to), zone, [YEAR + DAY - 1, NEXT_YEAR]);
        assert.deepEqual(found, expected);
      }),
      {
        numRuns: runs(6),
        examples: [
          [22 * 60 + 30, 7 * 60],
          [150, 420],
          [1350, 150],
          [130, 170],
          [170, 130],
          [0, 1],
          [1, 0],
        ],
      },
    );
  });

  test(`in ${zone}, the answer does not depend on what was asked before`, () => {
    const instant = fc.integer({ min: YEAR / MINUTE, max: NEXT_YEAR / MINUTE });
    fc.assert(
      fc.property(minuteOfDay, minuteOfDay, fc.array(instant, { maxLength: 12 }), (from, to, instants) => {
        fc.pre(from !== to);
        const hours = between(timeOf(from), timeOf(to), zone);
        for (const minute of instants) {
          const at = minute * MINUTE;
          const fresh = between(timeOf(from), timeOf(to), zone).periodAt(at);
          assert.deepEqual(hours.periodAt(at), fresh);
          assert.ok(fresh.until > at);
        }
      }),
      { numRuns: runs(4) },
    );
  });
}
