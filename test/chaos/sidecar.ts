/** The sidecar as a separate process, which is killed and restarted. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBundle } from '../../src/development/bundle.ts';
import { sleep } from '../servers/wait.ts';
import { shippedFlags } from '../shipped-flags.ts';

const bundle = await ensureBundle();

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One run of the process, from its start to its end. */
export interface ProcessRun {
  number: number;
  /** `undefined` when it could not be started. */
  pid: number | undefined;
  startedAt: number;
  endedAt: number | null;
  /** The signals that it received. */
  sent: NodeJS.Signals[];
  /** How it ended: a code or a signal; `null` while it runs. */
  end: number | NodeJS.Signals | null;
  /** Its output. */
  output: string;
}

export interface SidecarProcess extends AsyncDisposable {
  readonly runs: readonly ProcessRun[];
  /** The current run, or the last one. */
  readonly current: ProcessRun | undefined;
  /** Starts a new process, unless one is running. */
  start(): void;
  /** Sends a signal at once; false when no process is running. */
  send(signal: NodeJS.Signals): boolean;
  /** Resolves when the current process has ended; kills one that takes too long. */
  ended(): Promise<void>;
}

/** Time limit for its end after SIGTERM, in milliseconds. */
const END_TIMEOUT = 15_000;

/** Linux ends it with this process, even after SIGKILL. */
const SETPRIV = '/usr/bin/setpriv';
const [COMMAND, GUARD] = existsSync(SETPRIV)
  ? [SETPRIV, ['--pdeathsig', 'KILL', process.execPath]]
  : [process.execPath, []];

/** Creates a sidecar that `start` runs with only this environment, under the flags of the image. */
export function createSidecarProcess(env: Record<string, string>): SidecarProcess {
  const flags = shippedFlags(env['STATE_DIR'] ?? '/state');
  const runs: ProcessRun[] = [];
  let child: ChildProcess | null = null;
  let over: Promise<void> = Promise.resolve();

  const start = (): void => {
    if (child !== null) return;
    const own = spawn(COMMAND, [...GUARD, ...flags, bundle], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run: ProcessRun = {
      number: runs.length + 1,
      pid: own.pid,
      startedAt: Date.now(),
      endedAt: null,
      sent: [],
      end: null,
      output: '',
    };
    for (const stream of [own.stdout, own.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (run.output += text));
    }
    runs.push(run);
    child = own;
    over = new Promise((resolve) => {
      own.once('exit', () => {
        run.endedAt = Date.now();
        child = null;
      });
      own.once('close', (code, signal) => {
        run.end = signal ?? code ?? 0;
        resolve();
      });
    });
  };
  const send = (signal: NodeJS.Signals): boolean => {
    if (child === null) return false;
    runs.at(-1)?.sent.push(signal);
    return child.kill(signal);
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  return {
    runs,
    get current() {
      return runs.at(-1);
    },
    start,
    send,
    async ended() {
      const isOver = await Promise.race([over.then(() => true), sleep(END_TIMEOUT, false, { ref: false })]);
      if (!isOver) send('SIGKILL');
      await over;
    },
    async [Symbol.asyncDispose]() {
      send('SIGKILL');
      await over;
    },
  };
}

/** Why a process ended unexpectedly; `null` when its end was requested. */
export function unexpectedEnd({ end, sent }: ProcessRun): string | null {
  if (end === null) return null;
  if (sent.length > 1) return `did not end by ${sent[0]}`;
  if (typeof end === 'string' && sent.includes(end)) return null;
  if (end === 0 && sent.includes('SIGTERM')) return null;
  return `ended by itself with ${end}`;
}
