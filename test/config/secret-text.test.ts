import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-text-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A decoded password, and the warnings about it. */
function passwordOf(env: Record<string, string>): { password: string; warnings: string[] } {
  const parsed = parseConfig({ NTFY_TOPIC: 'downloads', QBIT_USER: 'admin', ...env });
  assert.ok(parsed.ok);
  const { auth } = parsed.config.qbittorrent;
  assert.ok(auth.kind === 'password');
  assert.doesNotMatch(parsed.warnings.join(), /planted/);
  return { password: auth.password.reveal(), warnings: parsed.warnings };
}

const utf16 = (text: string, swap = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return swap ? bytes.swap16() : bytes;
};

describe('a secret file with an unusual encoding or form', () => {
  for (const [what, content, password, warning] of [
    [
      'a byte order mark is ignored',
      '\ufeffplänted\n',
      'plänted',
      /begins with a byte order mark, which is ignored/,
    ],
    [
      'UTF-16 is decoded',
      utf16('plänted\r\n'),
      'plänted',
      /is UTF-16, and was decoded as such: save it as UTF-8/,
    ],
    ['big-endian UTF-16 is decoded', utf16('planted', true), 'planted', /is UTF-16, and was decoded as such/],
    [
      'UTF-16 without its mark is reported',
      utf16('planted').subarray(2),
      'p\0l\0a\0n\0t\0e\0d\0',
      /control characters/,
    ],
    [
      'a file that is not UTF-8 is reported',
      Buffer.from('pl\xe4nted', 'latin1'),
      'pl\ufffdnted',
      /is not UTF-8/,
    ],
    ['a second newline is kept', 'planted\n\n', 'planted\n', /ends with more than one newline/],
    ['a second line is kept', 'planted\nnote\n', 'planted\nnote', /has more than one line/],
    ['a space before it is kept', ' planted', ' planted', /begins or ends with a blank/],
    ['a tab after it is kept', 'planted\t\n', 'planted\t', /begins or ends with a blank/],
    ['a control character is kept', 'plan\u001bted', 'plan\u001bted', /contains control characters/],
  ] as const) {
    test(`${what}, with one warning that names the setting and not the secret`, () => {
      const found = passwordOf({ QBIT_PASS_FILE: file('odd', Buffer.from(content)) });
      assert.equal(found.password, password);
      assert.equal(found.warnings.length, 1, found.warnings.join());
      assert.match(
        found.warnings[0] ?? '',
        new RegExp(`^QBIT_PASS_FILE names a file that .*${warning.source}`),
      );
    });
  }

  test('is also reported when the value comes from the environment', () => {
    const { warnings } = passwordOf({ QBIT_PASS: ' planted\n' });
    assert.deepEqual(warnings, ['QBIT_PASS begins or ends with a blank.']);
  });

  test('is reported beside the problem that it causes', () => {
    const parsed = parseConfig({ NTFY_TOPIC: 'downloads', HOOK_TOKEN_FILE: file('both', 'planted\n\n') });
    assert.ok(!parsed.ok);
    const { message } = parsed;
    assert.match(message, /HOOK_TOKEN must be one line of visible ASCII/);
    assert.match(message, /HOOK_TOKEN_FILE names a file that ends with more than one newline/);
    assert.doesNotMatch(message, /planted/);
  });

  test('is decoded in the same way after a rotation', () => {
    const path = file('turned', 'old');
    const parsed = parseConfig({ NTFY_TOPIC: 'downloads', HOOK_TOKEN_FILE: path });
    writeFileSync(path, utf16('new\r\n'));
    assert.ok(parsed.ok);
    assert.equal(parsed.config.hook.token?.reveal(), 'new');
  });

  test('raises no warning when it is usual', () => {
    for (const text of ['pass word', 'pa\u00a0ss', 'pässwörd 🔑', 'x\r\n', 'x\n'])
      assert.deepEqual(passwordOf({ QBIT_PASS_FILE: file('fine', text) }).warnings, []);
  });
});
