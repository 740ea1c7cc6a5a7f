import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { maskLogins, printable } from '../../src/util/printable.ts';

test('no control character is left in any text', () => {
  const unit = fc.oneof(
    fc.constantFrom('\u001b[31m', '\u009b', '\u202e', '\u200b', '\u2028', '\u{e0041}', '\r\n\t'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), (parts) => {
      assert.doesNotMatch(printable(parts.join('')), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('in JSON the escapes are parsed back to the characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = JSON.stringify({ text: text.replaceAll('@', '') });
      assert.deepEqual(JSON.parse(printable(json)), JSON.parse(json));
    }),
  );
});

test('plain text stays as it is, in any script', () => {
  for (const text of [
    '✔ Größe 3,5 GB → ok',
    'Фильм 🐉 日本語',
    'a@b.example.org',
    'see https://ntfy.sh/docs/@x',
  ])
    assert.equal(printable(text), text);
});

test('a login in an address is masked up to the last @ before its path', () => {
  const masked: Record<string, string> = {
    'http://user:pass@host:9090/track?hash=%K': 'http://***@host:9090/track?hash=%K',
    'calls http://user@host/ and https://a:b@c@d.example.org.':
      'calls http://***@host/ and https://***@d.example.org.',
    'socks5://u:p@[::1]:1080': 'socks5://***@[::1]:1080',
    '{"a":"http://u:p@h","b":"c@d"}': '{"a":"http://***@h","b":"c@d"}',
    '"http://a","b@c"': '"http://a","b@c"',
    'http://host/?next=http://u:p@other': 'http://host/?next=http://***@other',
  };
  for (const [text, expected] of Object.entries(masked)) assert.equal(maskLogins(text), expected);
});

test('the time grows linearly with the length of the text', () => {
  for (const text of ['a.'.repeat(500_000), '://'.repeat(300_000), `://${'@:'.repeat(400_000)}`])
    assert.ok(printable(text).length <= text.length);
});
