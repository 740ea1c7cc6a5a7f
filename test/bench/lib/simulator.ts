/** A simulated qBittorrent that can have thousands of torrents. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Step } from '../../../src/simulator/index.ts';
import type { Counts, Order } from './simulator-process.ts';

export interface Simulator extends AsyncDisposable {
  url: string;
  /** Adds torrents with these IDs and this scenario. */
  add(hashes: readonly string[], script: Step[]): Promise<void>;
  /** From now on each added torrent calls the hook on this port. */
  hook(port: number): Promise<void>;
  /** Removes all torrents. */
  clear(): Promise<void>;
  count(): Promise<Counts>;
}

/** The credentials for a sidecar: the simulator's defaults. */
export const LOGIN = { QBIT_USER: 'admin', QBIT_PASS: 'adminadmin' };

/** Starts one. */
export async function startSimulator(): Promise<Simulator> {
  const child = fork(new URL('./simulator-process.ts', import.meta.url), { execArgv: [] });
  const [url] = (await once(child, 'message')) as [string];
  const order = async (what: Order): Promise<Counts> => {
    child.send(what);
    const [counts] = (await once(child, 'message')) as [Counts];
    return counts;
  };
  return {
    url,
    add: async (hashes, script) => void (await order({ do: 'add', hashes: [...hashes], script })),
    hook: async (port) => void (await order({ do: 'hook', port })),
    clear: async () => void (await order({ do: 'clear' })),
    count: () => order({ do: 'count' }),
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** This many info-hashes, the same in each run. */
export function hashes(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) =>
    createHash('sha1')
      .update(`bench ${from + n}`)
      .digest('hex'),
  );
}
