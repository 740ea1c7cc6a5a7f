import { getConnInfo } from '@hono/node-server/conninfo';
import { createMiddleware } from 'hono/factory';
import type { Hono } from 'hono';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../secret.ts';
import { hasToken, isAddressedLocally, isForeignPage } from './access.ts';
import { createBase, refuse, type ServerContext, type ServerEnv } from './base.ts';
import { isLoopbackPeer } from './loopback.ts';

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
  log: Logger;
}

/**
 * The API for those who run the sidecar; it changes nothing. `/livez`, `/readyz` and `/metrics` are for anyone,
 * `/status` names torrents and is guarded by `privately`.
 */
export function createOpsApp({ live, ready, status, metrics, token, log }: OpsDeps): Hono<ServerEnv> {
  const app = createBase(log);
  app.get('/livez', (c) => (live() ? c.text('ok') : refuse(c, 503, 'not live')));
  app.get('/readyz', (c) => (ready() ? c.text('ok') : refuse(c, 503, 'not ready')));
  app.get('/metrics', async (c) => {
    const { type, text } = await metrics();
    return c.body(text, 200, { 'Content-Type': type });
  });
  app.get('/status', privately(token), (c) => c.json(status()));
  return app;
}

/**
 * Lets in who has the token, and who calls from this machine, by its own name: a port-forward is such a call.
 * The socket tells where a call is from; headers that claim it (`X-Forwarded-For`, `Forwarded`) are not read.
 */
export function privately(token: Secret | null) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const local = isLoopbackPeer(peerOf(c)) && isAddressedLocally(c);
    const welcome = !isForeignPage(c) && (local || (token !== null && hasToken(c, token)));
    if (!welcome) return refuse(c, 403, 'This is for callers on the same machine, or with the OPS_TOKEN.');
    return next();
  });
}

function peerOf(c: ServerContext): string | undefined {
  // Without bindings there is no socket, and a call from nowhere is not a local one.
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  return bindings?.incoming ? getConnInfo(c).remote.address : undefined;
}
