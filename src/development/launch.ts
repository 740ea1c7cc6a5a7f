/**
 * Runs Node with other options, in the place of this process: nothing else stays in memory, and signals reach it.
 *
 * npm runs a script by a shell, and forwards SIGTERM to that shell only. Some shells (dash) then end without their
 * child, so the child has to end with its parent. `exec node` in package.json would avoid that, but cmd.exe lacks it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { printError } from '../commands/terminal.ts';

/** Part of util-linux. With `--pdeathsig` the kernel sends a signal to the program when its parent ends. */
const SETPRIV = '/usr/bin/setpriv';

/** Milliseconds between two checks, without `setpriv`, whether the parent process still exists. */
const PARENT_INTERVAL = 500;

/** Runs this Node with these arguments and this environment. It returns only where a process can't be replaced. */
export function launch(args: readonly string[], env: Record<string, string>): void {
  const isLinux = process.platform === 'linux';
  const guard = env['npm_lifecycle_event'] === undefined || !isLinux ? [] : [SETPRIV, '--pdeathsig', 'TERM'];
  const [file = process.execPath, ...rest] = [...guard, process.execPath, ...args];
  if (process.execve === undefined || !existsSync(file)) launchChild(args, env);
  else process.execve(file, [file, ...rest], env);
}

/** For Windows, and for a Linux without `setpriv`. Ctrl-C is not forwarded: a terminal sends it to both processes. */
function launchChild(args: readonly string[], env: Record<string, string>): void {
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_INTERVAL);
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => printError(error.message));
  child.once('close', (code) => {
    clearInterval(timer);
    process.exitCode = code ?? 1;
  });
}
