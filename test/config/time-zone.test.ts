import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';
import { readTimeZone, type ZoneFiles } from '../../src/config/time-zone.ts';

const missing = (): never => {
  throw Object.assign(new Error('gone'), { code: 'ENOENT' });
};

/** A system in Lisbon, with a link to Tokyo's zone. */
const lisbon: ZoneFiles = {
  realPath: (path) =>
    path === '/etc/localtime'
      ? '/usr/share/zoneinfo/Europe/Lisbon'
      : path === '/config/zone'
        ? '/usr/share/zoneinfo/Asia/Tokyo'
        : missing(),
  readFile: missing,
};

describe('TZ', () => {
  const readable: [text: string, name: string][] = [
    ['Europe/Berlin', 'Europe/Berlin'],
    [':Europe/Berlin', 'Europe/Berlin'],
    ['posix/Europe/Berlin', 'Europe/Berlin'],
    [':right/Europe/Berlin', 'Europe/Berlin'],
    ['/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
    [':/usr/share/zoneinfo/posix/Europe/Berlin', 'Europe/Berlin'],
    ['/config/zone', 'Asia/Tokyo'],
    [':/etc/localtime', 'Europe/Lisbon'],
    ['/etc/localtime', 'Europe/Lisbon'],
    ['UTC', 'UTC'],
    ['UTC0', 'UTC'],
    ['CET-1', '+01:00'],
    ['<+0330>-3:30', '+03:30'],
    ['EST5', '-05:00'],
    ['EST5EDT', 'EST5EDT'],
  ];
  for (const [text, name] of readable)
    test(`${text} is ${name}`, () => assert.deepEqual(readTimeZone(text, lisbon), { name, isKnown: true }));

  const unreadable = [
    'CET-1CEST,M3.5.0,M10.5.0/3',
    'Mars/Olympus',
    'CET-99',
    '/no/such/file',
    '../../etc/passwd',
  ];
  for (const text of unreadable)
    test(`${text} leaves the zone of the system`, () =>
      assert.deepEqual(readTimeZone(text, lisbon), { name: 'Europe/Lisbon', isKnown: false }));

  test("is by default that of the system's file, or Node's own without one", () => {
    const debian = { realPath: missing, readFile: () => 'Asia/Tokyo\n' };
    assert.equal(readTimeZone('Mars/Olympus', debian).name, 'Asia/Tokyo');
    const bare = { realPath: missing, readFile: missing };
    assert.deepEqual(readTimeZone('Mars/Olympus', bare), { name: undefined, isKnown: false });
    assert.deepEqual(readTimeZone(':/etc/localtime', bare), { name: undefined, isKnown: true });
  });

  test('never prevents the start: an invalid one raises one warning, which does not repeat it', () => {
    const base = { NTFY_TOPIC: 't' };
    const parsed = parseConfig({ ...base, TZ: 'Planted/Olympus' });
    assert.ok(parsed.ok);
    assert.equal(parsed.warnings.length, 1);
    assert.match(parsed.warnings[0] ?? '', /^TZ is not a valid time zone/);
    assert.doesNotMatch(parsed.warnings[0] ?? '', /Planted/);
    for (const TZ of [':Europe/Berlin', ':/etc/localtime', 'CET-1', '']) {
      const valid = parseConfig({ ...base, TZ });
      assert.deepEqual(valid.ok && valid.warnings, [], TZ);
    }
  });
});
