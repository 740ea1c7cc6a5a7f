/** All attacks on the sidecar's two ports at the same time. */
import { Worker } from 'node:worker_threads';
import type { Counts } from './connections.ts';
import type { HookAttackOptions, HookTarget } from './on-hook.ts';
import type { OpsTarget } from './on-ops.ts';

export type Target = OpsTarget & HookTarget;

export type AttackOptions = Target & HookAttackOptions;

/** Running attackers. */
export interface Attackers extends AsyncDisposable {
  /** The counts of their actions and answers, until a moment ago. */
  readonly counts: Counts;
  /** All of their connections are closed when this resolves. */
  stop(): Promise<void>;
}

export function startAttackers(options: AttackOptions): Attackers {
  let counts: Counts = {};
  const thread = startThread('attack-thread.ts', options);
  thread.on('message', (message: Counts) => (counts = message));
  const stop = async () => void (await thread.terminate());
  return {
    get counts() {
      return counts;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs a file of this folder in a thread. An error in it ends this process: it is a bug of the test. */
export function startThread(file: string, workerData: unknown): Worker {
  const thread = new Worker(new URL(file, import.meta.url), { workerData, execArgv: [] });
  return thread.on('error', (error) => {
    throw error;
  });
}
