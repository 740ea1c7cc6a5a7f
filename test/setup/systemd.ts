/** A real systemd beside the machine's own, for the services of a scratch folder. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installMachine } from '../debian/machine.ts';
import type { Ended } from '../debian/machine.ts';
import { firstLine } from '../image/process.ts';
import { until } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

/** A machine whose first process is systemd; everything that runs in it ends with it. */
export interface Machine extends AsyncDisposable {
  /** `systemctl <arguments>` */
  systemctl(...args: string[]): Ended;
  /** A property of a service, as systemd reports it. */
  property(service: string, name: string): string;
  /** The output of a service. */
  journal(service: string): string;
  /** Prints a file as root of the machine reads it. */
  read(path: string): string;
}

/**
 * Starts one on the `etc`, `opt` and `var` of a folder. Needs root and the packages of `machine`; `node` is the
 * executable of this process.
 */
export async function startMachine(folder: string): Promise<Machine> {
  const installed = await installMachine();
  if (!installed.ok) throw new Error(installed.reason);
  const store = temporaryFolder('systemd');
  mkdirSync(store, { recursive: true });
  const script = join(import.meta.dirname, 'systemd.sh');
  const args = ['--mount', 'sh', script, installed.root, store, process.execPath, folder];
  const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(holder, 'close');
  const close = async (): Promise<void> => {
    holder.stdin.end();
    await closed;
    await removeFolder(store);
  };
  const pid = await firstLine(holder);
  const run = (...command: string[]): Ended => {
    const ended = spawnSync('nsenter', ['--target', pid, '--all', ...command], {
      env: { PATH: '/usr/bin' },
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (ended.error !== undefined) throw ended.error;
    return { status: ended.status, output: `${ended.stdout}${ended.stderr}` };
  };
  const mustRun = (...command: string[]): string => {
    const { status, output } = run(...command);
    if (status !== 0) throw new Error(`${command.join(' ')}: ${status}\n${output}`);
    return output;
  };
  const systemctl = (...args: string[]): Ended => run('/usr/bin/systemctl', '--no-pager', ...args);
  try {
    if (!/^\d+$/.test(pid)) throw new Error(`systemd did not start: ${pid}`);
    await until('systemd is up', () => systemctl('is-active', 'empty.target').output === 'active\n');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    systemctl,
    property: (service, name) => systemctl('show', '--value', '--property', name, service).output.trim(),
    journal: (service) => mustRun('/usr/bin/journalctl', '--no-pager', '--unit', service),
    read: (path) =>
      mustRun('/usr/bin/node', '-e', 'process.stdout.write(fs.readFileSync(process.argv[1]))', path),
    [Symbol.asyncDispose]: close,
  };
}
