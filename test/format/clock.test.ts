import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatMoment, formatTime, formatTimeWithSeconds } from '../../src/format/clock.ts';

const now = Date.UTC(2026, 10, 23, 14, 32, 5);
const today = now / 1000 - 60;
const yesterday = today - 86_400;

/** Intl writes a narrow space before AM and PM. */
const plain = (text: string) => text.replaceAll(/[\u202f\u00a0]/g, ' ');

describe('a time of day', () => {
  const cases: [locale: string | undefined, today: string, yesterday: string, seconds: string][] = [
    [undefined, '14:31', '22 Nov 14:31', '14:32:05'],
    ['en-GB', '14:31', '22 Nov 14:31', '14:32:05'],
    ['en-US', '02:31 PM', 'Nov 22 02:31 PM', '2:32:05 PM'],
    ['en-US-u-hc-h23', '14:31', 'Nov 22 14:31', '14:32:05'],
    ['de', '14:31', '22. Nov. 14:31', '14:32:05'],
    ['ja', '14:31', '11月22日 14:31', '14:32:05'],
  ];
  for (const [locale, first, second, seconds] of cases) {
    test(`is written as in ${locale ?? 'no locale'}, with the date on another day`, () => {
      const zone = { timeZone: 'UTC', locale };
      assert.deepEqual(
        [
          formatTime(today, now, zone),
          formatTime(yesterday, now, zone),
          formatTimeWithSeconds(now, zone),
          formatMoment(today, now, zone),
        ].map(plain),
        [first, second, seconds, `at ${first}`],
      );
    });
  }

  test('is that of the time zone, in each locale', () => {
    for (const locale of [undefined, 'de']) {
      assert.equal(formatTime(today, now, { timeZone: 'Asia/Tokyo', locale }), '23:31');
      assert.equal(formatTime(today, now, { timeZone: 'America/New_York', locale }), '09:31');
    }
  });

  test('is on another day by the calendar of the time zone, not of the locale', () => {
    const zone = { timeZone: 'Asia/Tokyo', locale: 'en-GB-u-ca-buddhist' };
    assert.equal(formatTime(today - 15 * 3600, now, zone), '08:31');
    assert.match(formatTime(today - 24 * 3600, now, zone), /^.*22.* 23:31$/);
  });
});

test('the formatters of a time zone and a locale are created once', (t) => {
  const create = t.mock.method(Intl, 'DateTimeFormat');
  const zone = { timeZone: 'Europe/Paris', locale: 'fr' };
  formatTime(today, now, zone);
  const created = create.mock.callCount();
  assert.ok(created > 0);
  for (let index = 0; index < 100; index += 1) formatTime(today, now, { ...zone });
  assert.equal(create.mock.callCount(), created);
});
