import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCookieJar } from '../../src/qbittorrent/cookies.ts';

/** The header that a jar sends after these `Set-Cookie` lines. */
function sentAfter(...lines: string[]): string | undefined {
  const jar = createCookieJar();
  for (const line of lines) jar.store(new Headers([['set-cookie', line]]));
  return jar.header()['cookie'];
}

describe('a cookie', () => {
  test('is sent back under its own name', () => {
    assert.equal(sentAfter('SID=abc; HttpOnly; path=/'), 'SID=abc');
    assert.equal(sentAfter('QBT_SID_8080=abc; path=/'), 'QBT_SID_8080=abc');
    assert.equal(sentAfter('whatever the user likes=abc'), undefined);
    assert.equal(sentAfter('__proto__=abc'), '__proto__=abc');
  });

  test('is sent back with its value unchanged: "+", "/" and "=" are part of it', () => {
    assert.equal(sentAfter('SID=a+b/c=='), 'SID=a+b/c==');
    assert.equal(sentAfter('SID="a b"'), 'SID="a b"');
  });

  test('that is set again has its newest value', () => {
    assert.equal(sentAfter('SID=old', 'SID=new'), 'SID=new');
  });

  test('that is set to an empty value is deleted', () => {
    assert.equal(sentAfter('SID=abc', 'SID=; expires=Thu, 01 Jan 1970 00:00:00 GMT'), undefined);
  });

  test('never adds another header', () => {
    assert.equal(sentAfter('SID=abc; path=/; X-Evil=1'), 'SID=abc');
  });
});

test('cookies of several names are sent together', () => {
  const jar = createCookieJar();
  jar.store(
    new Headers([
      ['set-cookie', 'SID=abc; expires=Thu, 01 Jan 2026 00:00:00 GMT'],
      ['set-cookie', 'proxy=def'],
    ]),
  );
  assert.deepEqual(jar.header(), { cookie: 'SID=abc; proxy=def' });
});

test('an empty jar sends no header, and so does one that was emptied', () => {
  const jar = createCookieJar();
  assert.deepEqual(jar.header(), {});
  jar.store(new Headers([['set-cookie', 'SID=abc']]));
  jar.clear();
  assert.deepEqual(jar.header(), {});
});

test('a jar stores at most sixteen cookies, and still accepts new values of those', () => {
  const jar = createCookieJar();
  for (let n = 0; n < 100; n += 1) jar.store(new Headers([['set-cookie', `c${n}=1`]]));
  jar.store(new Headers([['set-cookie', 'c0=2']]));
  const cookies = jar.header()['cookie']?.split('; ') ?? [];
  assert.equal(cookies.length, 16);
  assert.ok(cookies.includes('c0=2'));
});

for (const line of ['', '=', '=abc', 'SID', ';', 'a b=c']) {
  test(`${JSON.stringify(line)} is not a cookie`, () => assert.equal(sentAfter(line), undefined));
}
