import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseConfig, type Config } from '../../src/config/index.ts';
import type { Secret } from '../../src/util/secret.ts';
import { shippedFlags } from '../shipped-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
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
  test('is read without the newline that an editor adds at its end', () => {
    for (const end of ['', '\n', '\r\n']) {
      assert.equal(hookToken({ HOOK_TOKEN_FILE: file('a', `s3cret${end}`) }).reveal(), 's3cret');
    }
  });

  test('keeps spaces: they may belong to a password', () => {
    const { auth } = configOf({ QBIT_USER: 'admin', QBIT_PASS_FILE: file('b', ' x \n\n') }).qbittorrent;
    assert.ok(auth.kind === 'password');
    assert.equal(auth.password.reveal(), ' x \n');
  });

  test('is read again after a rotation', () => {
    const path = file('c', 'old\n');
    const token = hookToken({ HOOK_TOKEN_FILE: path });
    assert.equal(token.reveal(), 'old');
    writeFileSync(path, 'new\n');
    assert.equal(token.reveal(), 'new');
  });

  test('keeps its last valid value while the file is missing, empty or invalid', () => {
    const path = file('d', 'good');
    const token = hookToken({ HOOK_TOKEN_FILE: path });
    for (const text of ['', '\n', 'two\nlines']) {
      writeFileSync(path, text);
      assert.equal(token.reveal(), 'good');
    }
    rmSync(path);
    assert.equal(token.reveal(), 'good');
  });

  test('can contain the topic: on a public server the topic is a secret', () => {
    const { ntfy } = configOf({
      NTFY_TOPIC: '',
      NTFY_TOPIC_FILE: file('e', 'https://ntfy.sh/hard-to-guess\n'),
    });
    assert.equal(ntfy.topic, 'hard-to-guess');
  });

  test('is a problem when the file is missing, empty or a folder, and the message does not contain the path', () => {
    const files = { QBIT_PASS_FILE: join(folder, 'nowhere'), HOOK_TOKEN_FILE: folder };
    const message = messageOf({ ...files, QBIT_USER: 'admin', OPS_TOKEN_FILE: file('f', '\n') });
    assert.match(message, /has 3 problems/);
    assert.match(message, /QBIT_PASS_FILE names a file that cannot be read \(ENOENT\)/);
    assert.match(message, /HOOK_TOKEN_FILE names a folder, FIFO or device instead of a regular file/);
    assert.match(message, /OPS_TOKEN_FILE names an empty file/);
    assert.ok(!message.includes(folder));
  });

  test('is not also reported as missing when it could not be read', () => {
    assert.doesNotMatch(messageOf({ NTFY_TOPIC: '', NTFY_TOPIC_FILE: join(folder, 'no') }), /is missing/);
  });

  test('is a problem together with the variable itself', () => {
    const message = messageOf({ HOOK_TOKEN: 'x', HOOK_TOKEN_FILE: file('g', 'y') });
    assert.match(message, /HOOK_TOKEN and HOOK_TOKEN_FILE are both set/);
  });
});

test('a secret in the environment also loses its trailing newline, as Kubernetes keeps the one that echo adds', () => {
  assert.equal(hookToken({ HOOK_TOKEN: 's3cret\n' }).reveal(), 's3cret');
});

test('the printed configuration contains no secret', () => {
  const config = configOf({
    QBIT_USER: 'admin',
    QBIT_PASS: 'planted',
    HOOK_TOKEN_FILE: file('h', 'planted'),
  });
  assert.doesNotMatch(JSON.stringify(config), /planted/);
});

/** Only a process that blocks reaches this limit. */
const GUARD = ['--signal=KILL', '60', process.execPath];

/** Reads a configuration in a separate process, under the flags of the image; returns the problems, or the warnings. */
function parseApart(env: Record<string, string>): string {
  const script = `import { parseConfig } from ${JSON.stringify(join(import.meta.dirname, '../../src/config/index.ts'))};
    const parsed = parseConfig({ NTFY_TOPIC: 'downloads', ...JSON.parse(process.argv[1]) });
    console.log(parsed.ok ? parsed.warnings.join() : parsed.message);`;
  const args = [...GUARD, ...shippedFlags(folder), '--input-type=module', '-e', script, JSON.stringify(env)];
  const { stdout, stderr, signal } = spawnSync('timeout', args, { encoding: 'utf8' });
  assert.equal(signal, null, 'it blocks');
  return stdout + stderr;
}

describe('a secret file that is not a regular file', () => {
  const refused = /HOOK_TOKEN_FILE names a folder, FIFO or device instead of a regular file/;
  const fifo = join(folder, 'fifo');

  test('is a problem when it is a FIFO, and reading it does not block', () => {
    spawnSync('mkfifo', [fifo]);
    assert.match(parseApart({ HOOK_TOKEN_FILE: fifo }), refused);
  });

  test('is a problem when it is a device, and reading it ends', () => {
    assert.match(parseApart({ HOOK_TOKEN_FILE: '/dev/zero' }), refused);
  });

  test('that replaces a valid one is not read, and the last valid value is kept', () => {
    const link = join(folder, 'rotated');
    symlinkSync(file('before', 'good'), link);
    const token = hookToken({ HOOK_TOKEN_FILE: link });
    for (const target of ['/dev/zero', folder, file('huge', 'x'.repeat(100_000))]) {
      rmSync(link);
      symlinkSync(target, link);
      assert.equal(token.reveal(), 'good');
    }
  });

  test('is a problem when it is larger than any secret', () => {
    const message = messageOf({ HOOK_TOKEN_FILE: file('large', 'x'.repeat(65_537)) });
    assert.match(message, /HOOK_TOKEN_FILE names a file of more than 64 KiB/);
    assert.equal(hookToken({ HOOK_TOKEN_FILE: file('fits', 'x'.repeat(65_536)) }).reveal().length, 65_536);
  });
});
