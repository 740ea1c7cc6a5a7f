import type { Extension } from '../commands/serve.ts';
import { repeatScenario } from '../demo/scenario.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../simulator/index.ts';

export interface Embedded {
  /** The settings of a sidecar that uses them. */
  env: Record<string, string>;
  /** Adds downloads while the sidecar runs. */
  play: Extension;
  stop: () => Promise<void>;
}

/** Starts the demo's servers; `play` repeats the demo's downloads. */
export async function startEmbedded(): Promise<Embedded> {
  let hook = 0;
  const simulator = await startQbittorrentSimulator({
    hook: async (hash) => {
      await fetch(`http://localhost:${hook}/track?hash=${hash}`, { method: 'POST' });
    },
  });
  const ntfy = await startNtfySimulator({ burst: 100_000 });
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
      repeatScenario({ simulator, sidecar }, ending.signal).catch(() => undefined);
      return async () => ending.abort();
    },
    async stop() {
      await Promise.all([simulator.stop(), ntfy.stop()]);
    },
  };
}
