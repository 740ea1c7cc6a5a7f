import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../servers/wait.ts';
import { openStream } from './stream.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENTRY = join(ROOT, 'src', 'development', 'index.ts');
const ports = { HOOK_PORT: '0', OPS_PORT: '0', OPS_HOST: '127.0.0.1' };
const PORTS = { ...ports, INSPECT: '0' };

const folder = mkdtempSync(join(tmpdir(), 'dev-'));
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** In a separate folder: a developer's `.env` must not change the result. */
function run(command: string, args: string[], env: Record<string, string> = {}, cwd = folder) {
  const bare = { PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1' };
  const child = spawn(command, args, { cwd, env: { ...bare, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  running.add(child);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const prints = (pattern: RegExp) => until(String(pattern), () => pattern.exec(output));
  return { child, ended, prints, output: () => output };
}

const inspector = /inspector: (http:\/\/localhost:\d+)/;

test('npm run dev runs downloads on embedded servers, with readable logs and the inspector, until it is ended', async () => {
  const dev = run('npm', ['run', '--silent', 'dev'], PORTS, ROOT);
  const [, url = ''] = await dev.prints(inspector);
  await dev.prints(/^\d\d:\d\d:\d\d info {2}tracking a torrent hash=/m);
  const stream = await openStream(url);
  await until('a torrent is seen', () => stream.text().includes('"value":{"polling":"downloading"}'));
  dev.child.kill('SIGTERM');
  await dev.ended;
  await dev.prints(/stopping/);
  await stream.ended;
});

test('settings of a .env file apply, and INSPECT=off disables the inspector', async () => {
  const own = mkdtempSync(join(folder, 'env-'));
  writeFileSync(
    join(own, '.env'),
    'INSPECT=off\nLOG_LEVEL=info\nINSTANCE_NAME=from-a-file\nOPS_TOKEN="no blanks please"\n',
  );
  const wrong = run(process.execPath, [ENTRY], ports, own);
  assert.equal(await wrong.ended, 78);
  assert.match(wrong.output(), /OPS_TOKEN must be/);
  const dev = run(process.execPath, [ENTRY], { ...ports, OPS_TOKEN: 'good' }, own);
  await dev.prints(/tracking a torrent/);
  dev.child.kill('SIGTERM');
  assert.equal(await dev.ended, 0);
  assert.doesNotMatch(dev.output(), /inspector|debug/);
});

test('an INSPECT that is not a port is reported at once', async () => {
  const dev = run(process.execPath, [ENTRY], { ...PORTS, INSPECT: 'ws://localhost:8080' });
  assert.equal(await dev.ended, 78);
  assert.equal(dev.output(), 'INSPECT must be a port from 0 (any free one) to 65535, or "off"\n');
});

test('without @statelyai/inspect the sidecar logs that and runs without the inspector', async () => {
  const missing = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name.startsWith('@statelyai/')) throw Object.assign(new Error(name), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    } });`;
  const hook = `data:text/javascript,${encodeURIComponent(missing)}`;
  const dev = run(process.execPath, ['--import', hook, ENTRY], PORTS);
  await dev.prints(/warn {2}no inspector: the development dependency @statelyai\/inspect is not installed/);
  await dev.prints(/tracking a torrent/);
  dev.child.kill('SIGTERM');
  assert.equal(await dev.ended, 0);
});

test('INSPECT in production is reported as ineffective, and opens no port', async () => {
  const env = {
    ...PORTS,
    INSPECT: '9092',
    QBIT_HOST: 'http://127.0.0.1:1',
    NTFY_TOPIC: 'http://127.0.0.1:1/topic',
  };
  const serve = run(process.execPath, [join(ROOT, 'src', 'cli.ts')], env);
  await serve.prints(/INSPECT is ignored: the inspector is only available in development/);
  await serve.prints(/listening/);
  serve.child.kill('SIGTERM');
  assert.equal(await serve.ended, 0);
  assert.doesNotMatch(serve.output(), /inspector: http/);
});
