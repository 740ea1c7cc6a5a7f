import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const serve = join(import.meta.dirname, '..', '..', 'src', 'commands', 'serve.ts');

const env = {
  PATH: process.env['PATH'] ?? '',
  // Nothing listens there.
  QBIT_HOST: 'http://127.0.0.1:9',
  QBIT_USER: 'admin',
  QBIT_PASS: 'planted-pass',
  NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
  HOOK_PORT: '0',
  OPS_PORT: '0',
};

for (const [kind, bug] of [
  ['an unhandled rejection', `void Promise.reject(new Error('a planted bug'))`],
  ['an uncaught exception', `setTimeout(() => { throw new Error('a planted bug') }, 10)`],
] as const) {
  test(`${kind} ends the process with a line in the log that names it`, () => {
    const program = `
      import { serve } from ${JSON.stringify(serve)};
      const extension = async () => { ${bug}; return null; };
      await serve({ extensions: [extension] });`;
    const args = ['--input-type=module', '--eval', program];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    assert.equal(status, 70, stderr);
    const lines = stdout.trim().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual(
      [last['level'], last['message']],
      ['error', 'a bug in this program ends the process, please report it'],
    );
    assert.match(JSON.stringify(last['error']), /a planted bug/);
    assert.equal(stderr, '');
    assert.doesNotMatch(stdout, /planted-pass/);
  });
}
