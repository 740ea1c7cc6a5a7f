import type { Hono } from 'hono';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../secret.ts';
import { createBase, refuse, type ServerEnv } from './base.ts';
import { createDoor, type Door } from './door.ts';

export interface OpsDeps {
  /** Whether the process works; `false` asks Kubernetes to restart it. */
  live: () => boolean;
  /** Whether the hook can be answered. */
  ready: () => boolean;
  /** Anything that JSON can hold. */
  status: () => unknown;
  /** What Prometheus reads: names nothing private. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Opens the status to other machines; `null`: this machine only. */
  token: Secret | null;
  /** The page and its stream, behind the same door. */
  page: (door: Door) => Hono<ServerEnv>;
  log: Logger;
}

/**
 * The API for those who run the sidecar; it changes nothing. `/livez`, `/readyz` and `/metrics` are for anyone,
 * `/status` and the page name torrents and have a door.
 */
export function createOpsApp({ live, ready, status, metrics, token, page, log }: OpsDeps): Hono<ServerEnv> {
  const app = createBase(log);
  const door = createDoor(token, log);
  app.get('/livez', (c) => (live() ? c.text('ok') : refuse(c, 503, 'not live')));
  app.get('/readyz', (c) => (ready() ? c.text('ok') : refuse(c, 503, 'not ready')));
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics();
    return c.body(text, 200, { 'Content-Type': type });
  });
  app.get('/status', door.privately, (c) => c.json(status()));
  app.route('/', page(door));
  return app;
}
