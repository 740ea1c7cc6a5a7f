/** SIGUSR1 opens Node's debugger on a loopback port, which the containers of a pod share: not in the sidecar. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { readShipped, startOptions } from '../../src/development/shipped.ts';
import { freePort } from '../servers/ports.ts';
import { until } from '../servers/wait.ts';

const home = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(home, path), 'utf8');
const flagsOf = (command: string): string[] => command.split(' ').filter((word) => word.startsWith('--'));

/** The arguments before the program's name, wherever it is started. */
const starts: Record<string, string[]> = {
  'the image': readShipped(read('Dockerfile')).flags,
  'npm start': startOptions({}).flags,
  'the service': flagsOf(/^ExecStart=(.*)$/m.exec(read('systemd/qbit-ntfy.service'))?.[1] ?? ''),
};

/** Starts a sidecar; it is ready when this resolves. */
async function start(flags: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
    QBIT_HOST: 'http://127.0.0.1:9',
    HOOK_PORT: String(await freePort()),
    OPS_PORT: String(await freePort()),
  };
  // Not the default port, which a debugger of the developer may use.
  const child = spawn(process.execPath, [...flags, '--inspect-port=0', await ensureBundle()], { env });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  await until('it listens', () => output.includes('"listening"'));
  return {
    output: () => output,
    signal: (name: NodeJS.Signals) => child.kill(name),
    /** Whether SIGUSR1 has a handler, as Linux reports it. */
    catchesUsr1: () => {
      const caught = /^SigCgt:\s+(.*)$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      return (BigInt(`0x${caught}`) & (1n << 9n)) !== 0n;
    },
    async stop() {
      child.kill('SIGTERM');
      return (await ended) as [number | null, string | null];
    },
  };
}

const onLinux = { skip: process.platform === 'linux' ? false : 'signals are read from /proc' };

test('without the option SIGUSR1 opens the debugger', onLinux, async () => {
  const sidecar = await start([]);
  assert.equal(sidecar.catchesUsr1(), true);
  sidecar.signal('SIGUSR1');
  await until('it is open', () => sidecar.output().includes('Debugger listening on ws://127.0.0.1:'));
  await sidecar.stop();
});

for (const [how, flags] of Object.entries(starts)) {
  test(`SIGUSR1 opens no debugger in ${how}`, onLinux, async () => {
    assert.ok(flags.includes('--disable-sigusr1'), flags.join(' '));
    const sidecar = await start(flags);
    assert.equal(sidecar.catchesUsr1(), false);
    sidecar.signal('SIGUSR1');
    assert.deepEqual(await sidecar.stop(), [0, null]);
    assert.doesNotMatch(sidecar.output(), /Debugger/);
  });
}
