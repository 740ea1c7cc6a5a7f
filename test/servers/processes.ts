/** Server processes: started here, identified by pid, and ended when the test process ends, in whatever way. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './programs.ts';
import { until } from './wait.ts';

/** A running server process. */
export interface ServerProcess {
  pid: number;
  /** Its latest output, for messages about failures. */
  output(): string;
  /** `null` while it runs. */
  ended(): string | null;
  /** How it ended by a fault of its own; `null` if it runs, or was stopped or killed. */
  crashed(): Promise<ServerFault | null>;
  /** SIGTERM by pid, then SIGKILL by pid after 10 s; resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Signals with which the system ends a faulty process. */
const FAULTS: ReadonlySet<string> = new Set(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);

/** A real server failed by a fault of its own: its test runs once more. */
export class ServerFault extends Error {
  override name = 'ServerFault';
}

const running = new Set<number>();
const folders = new Set<string>();
let watching = false;

/** Starts a program; it gets only the variables of this environment that it needs to run children. */
export function startProcess(program: Program, args: readonly string[], home: string): ServerProcess {
  watchOwnEnd();
  const [command, ...first] = [...guard(), program.command, ...program.args];
  const child = spawn(command ?? program.command, [...first, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home, TZ: 'UTC', LANG: 'C.UTF-8', ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('error', () => {}); // detected by the missing pid
  const pid = child.pid;
  if (pid === undefined) throw new Error(`Could not start ${program.command}`);
  running.add(pid);
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let end: string | null = null;
  let crash: ServerFault | null = null;
  const closed = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      end = `ended with ${signal ?? code}`;
      if (FAULTS.has(signal ?? '')) crash = new ServerFault(`${program.command} ${end}: ${output}`);
      running.delete(pid);
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (end !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(timer);
  };
  const crashed = async (): Promise<ServerFault | null> => {
    // Its connections end before this process learns that it has ended.
    if (!isRunning(pid)) await closed;
    return crash;
  };
  return { pid, output: () => output, ended: () => end, crashed, stop };
}

/** Whether a process runs. One that has ended has no command line, also before its parent knows of it. */
export function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

/** Waits until a server answers HTTP; throws with its output when it ends or does not answer. */
export async function untilAnswering(server: ServerProcess, url: string): Promise<void> {
  const answered = await until(
    `${url} to answer`,
    async () => {
      if (server.ended() !== null) return 'ended' as const;
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null);
      await answer?.body?.cancel();
      return answer === null ? null : ('answering' as const);
    },
    { deadline: 60_000, every: 25 },
  );
  if (answered === 'ended') throw new Error(`The server ${server.ended()}: ${server.output()}`);
}

/**
 * A new folder below the system's temporary one; deleted by `removeFolder`, or at the latest when this process ends.
 */
export function temporaryFolder(name: string): string {
  watchOwnEnd();
  const folder = mkdtempSync(join(tmpdir(), `qbit-ntfy-${name}-`));
  folders.add(folder);
  return folder;
}

/** Deletes a temporary folder. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/** Linux ends the server with this process, even after SIGKILL. */
function guard(): string[] {
  return existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
}

function watchOwnEnd(): void {
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const pid of running) process.kill(pid, 'SIGKILL');
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  // The default action of a signal skips `exit`.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}
