import { Hono } from 'hono';
import { createLogger, type Logger } from '../../src/log/index.ts';
import { createHookApp, createOpsApp, type HookDeps, type OpsDeps } from '../../src/server/index.ts';

/** A logger whose lines a test can read. */
export function recorder(): { lines: string[]; log: Logger } {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'debug', pretty: false, write: (line) => lines.push(line) }) };
}

/** A hook app on loopback without a token, and the hashes that it received. */
export function hookApp(deps: Partial<HookDeps> = {}) {
  const { lines, log } = recorder();
  const tracked: string[] = [];
  const track: HookDeps['track'] = async (hash) => {
    if (tracked.includes(hash)) return 'already';
    tracked.push(hash);
    return 'started';
  };
  const app = createHookApp({
    track,
    async finished(hash) {
      tracked.push(hash);
      return 'accepted';
    },
    rescan: () => void tracked.push('rescan'),
    token: null,
    loopbackOnly: true,
    log,
    ...deps,
  });
  return { app, tracked, lines };
}

/** An operations app without problems, for this machine only. */
export function opsApp(deps: Partial<OpsDeps> = {}) {
  const { lines, log } = recorder();
  const well: OpsDeps = {
    live: () => true,
    ready: () => true,
    status: () => ({}),
    digest: () => null,
    history: () => ({ entries: [], next: null }),
    metrics: async () => ({ type: 'text/plain', text: 'up 1' }),
    token: null,
    page: () => new Hono(),
    log,
  };
  const app = createOpsApp({ ...well, ...deps });
  return { app, lines };
}

export const hash = '0123456789abcdef0123456789abcdef01234567';

/** Calls the hook as qBittorrent's curl would: `POST /track?hash=…`. */
export async function post(app: HookApp, headers: Record<string, string> = {}, to = `/track?hash=${hash}`) {
  return app.request(to, { method: 'POST', headers });
}

type HookApp = ReturnType<typeof createHookApp>;
