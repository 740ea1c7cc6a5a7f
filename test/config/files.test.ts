import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseConfig, type Config } from '../../src/config/index.ts';
import type { Secret } from '../../src/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function hookToken(env: Record<string, string>): Secret {
  const token = configOf(env).hook.token;
  assert.ok(token);
  return token;
}

function configOf(env: Record<string, string>): Config {
  const parsed = parseConfig({ NTFY_TOPIC: 'downloads', ...env });
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  return parsed.config;
}

function messageOf(env: Record<string, string>): string {
  const parsed = parseConfig({ NTFY_TOPIC: 'downloads', ...env });
  assert.ok(!parsed.ok);
  return parsed.message;
}

describe('a secret in a file', () => {
  test('is read without the newline that an editor left at its end', () => {
    for (const end of ['', '\n', '\r\n']) {
      assert.equal(hookToken({ HOOK_TOKEN_FILE: file('a', `s3cret${end}`) }).reveal(), 's3cret');
    }
  });

  test('keeps blanks: they may belong to a password', () => {
    const { auth } = configOf({ QBIT_USER: 'admin', QBIT_PASS_FILE: file('b', ' x \n\n') }).qbittorrent;
    assert.ok(auth.kind === 'password');
    assert.equal(auth.password.reveal(), ' x \n');
  });

  test('is read again when it was rotated', () => {
    const path = file('c', 'old\n');
    const token = hookToken({ HOOK_TOKEN_FILE: path });
    assert.equal(token.reveal(), 'old');
    writeFileSync(path, 'new\n');
    assert.equal(token.reveal(), 'new');
  });

  test('keeps its last good value while the file is gone, empty or no secret', () => {
    const path = file('d', 'good');
    const token = hookToken({ HOOK_TOKEN_FILE: path });
    for (const text of ['', '\n', 'two\nlines']) {
      writeFileSync(path, text);
      assert.equal(token.reveal(), 'good');
    }
    rmSync(path);
    assert.equal(token.reveal(), 'good');
  });

  test('can be the topic: on a public server it is one', () => {
    const { ntfy } = configOf({
      NTFY_TOPIC: '',
      NTFY_TOPIC_FILE: file('e', 'https://ntfy.sh/hard-to-guess\n'),
    });
    assert.equal(ntfy.topic, 'hard-to-guess');
  });

  test('is a problem when the file is missing, empty or a folder, and the path is not repeated', () => {
    const files = { QBIT_PASS_FILE: join(folder, 'nowhere'), HOOK_TOKEN_FILE: folder };
    const message = messageOf({ ...files, QBIT_USER: 'admin', OPS_TOKEN_FILE: file('f', '\n') });
    assert.match(message, /has 3 problems/);
    assert.match(message, /QBIT_PASS_FILE names a file that can not be read \(ENOENT\)/);
    assert.match(message, /HOOK_TOKEN_FILE names a file that can not be read \(EISDIR\)/);
    assert.match(message, /OPS_TOKEN_FILE names a file that is empty/);
    assert.ok(!message.includes(folder));
  });

  test('is not also said to be missing when it could not be read', () => {
    assert.doesNotMatch(messageOf({ NTFY_TOPIC: '', NTFY_TOPIC_FILE: join(folder, 'no') }), /is missing/);
  });

  test('is a problem beside the variable itself', () => {
    const message = messageOf({ HOOK_TOKEN: 'x', HOOK_TOKEN_FILE: file('g', 'y') });
    assert.match(message, /HOOK_TOKEN is given twice, by itself and as HOOK_TOKEN_FILE/);
  });
});

test('a secret in the environment loses its newline too, as Kubernetes keeps the one that echo adds', () => {
  assert.equal(hookToken({ HOOK_TOKEN: 's3cret\n' }).reveal(), 's3cret');
});

test('printing the whole configuration prints no secret', () => {
  const config = configOf({
    QBIT_USER: 'admin',
    QBIT_PASS: 'planted',
    HOOK_TOKEN_FILE: file('h', 'planted'),
  });
  assert.doesNotMatch(JSON.stringify(config), /planted/);
});
