import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { EXIT } from '../../src/commands/exit.ts';

const env = {
  PATH: process.env['PATH'] ?? '',
  QBIT_HOST: 'http://127.0.0.1:9',
  NTFY_TOPIC: 'http://127.0.0.1:9/topic',
  HOOK_PORT: '0',
  OPS_PORT: '0',
};

/** Runs `serve` with this code in the same process. */
function run(extension: string, over: Record<string, string> = {}) {
  const url = JSON.stringify(new URL('../../src/commands/serve.ts', import.meta.url).href);
  const script = `import { serve } from ${url};
    process.exit(await serve({ pretty: false, extensions: [async () => { ${extension} }] }));`;
  return new Promise<{ status: number; line: Record<string, unknown> }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { ...env, ...over } },
      (_, out) => {
        const lines = out.trim().split('\n');
        resolve({ status: child.exitCode ?? -1, line: JSON.parse(lines.at(-1) ?? '{}') });
      },
    );
  });
}

test('an exception at the start is logged as a bug, with its stack, at level info', async () => {
  const { status, line } = await run("throw new TypeError('not a function')");
  assert.equal(status, EXIT.failed);
  assert.equal(line['message'], 'a bug in this program, please report it: could not start');
  assert.match(JSON.stringify(line['error']), /"stack":"TypeError: not a function\\n {4}at /);
});

test('a port in use is not reported as a bug, and has no stack', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { status, line } = await run('', { HOOK_PORT: String(port), HOOK_HOST: '127.0.0.1' });
  taken.close();
  assert.equal(status, EXIT.failed);
  assert.match(String(line['message']), new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use`));
  assert.doesNotMatch(JSON.stringify(line), /"stack"/);
});
