import { setTimeout as sleep } from 'node:timers/promises';
import type { Beside } from '../commands/serve.ts';
import { play } from '../demo/story.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../simulator/index.ts';

/** Between two plays of the same story, in milliseconds. */
const PAUSE = 5000;

export interface Embedded {
  /** What a sidecar has to be told to find them. */
  env: Record<string, string>;
  /** Adds downloads, as long as the sidecar runs. */
  play: Beside;
  stop: () => Promise<void>;
}

/** The demo's servers and its story, again and again. */
export async function startEmbedded(): Promise<Embedded> {
  let hook = 0;
  const simulator = await startQbittorrentSimulator({
    hook: async (hash) => {
      await fetch(`http://localhost:${hook}/track?hash=${hash}`, { method: 'POST' });
    },
  });
  const ntfy = await startNtfySimulator();
  return {
    env: {
      QBIT_HOST: simulator.url,
      QBIT_USER: simulator.username,
      QBIT_PASS: simulator.password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
      NTFY_RATE: 'unlimited',
      POLL_INTERVAL: '1s',
    },
    async play(sidecar) {
      hook = sidecar.hook.port;
      const ending = new AbortController();
      const playOn = async () => {
        while (!ending.signal.aborted) {
          await play({ simulator, sidecar });
          await sleep(PAUSE, undefined, { signal: ending.signal });
          for (const { hash } of simulator.torrents()) simulator.removeTorrent(String(hash));
        }
      };
      // Ends with the sidecar, in the middle of whatever it waits for.
      void playOn().catch(() => undefined);
      return async () => ending.abort();
    },
    async stop() {
      await Promise.all([simulator.stop(), ntfy.stop()]);
    },
  };
}
