import type { Hono } from 'hono';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import { createBase, refuse, type ServerEnv } from './base.ts';
import { createAccessGuard, type AccessGuard } from './door.ts';
import { atMostEvery } from './limits.ts';
import { longAnswers } from './long-answers.ts';
import { jsonPieces } from './pieces.ts';

export interface OpsDeps {
  /** Whether the process works; `false` asks Kubernetes to restart it. */
  live: () => boolean;
  /** Whether the hook can be answered. */
  ready: () => boolean;
  /** Anything that JSON can hold; what is iterable is written as an array, item by item. */
  status: () => Readonly<Record<string, unknown>>;
  /** What Prometheus reads: names nothing private. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Opens the status to other machines; `null`: this machine only. */
  token: Secret | null;
  /** The page and its stream, behind the same door. */
  page: (door: AccessGuard) => Hono<ServerEnv>;
  log: Logger;
  /** Milliseconds, of any clock that never goes back. */
  now?: () => number;
}

/** Milliseconds in which the metrics are rendered once, however many ask. */
const METRICS_INTERVAL = 1000;

/**
 * The API for those who run the sidecar; it changes nothing. `/livez`, `/readyz` and `/metrics` are for anyone,
 * `/status` and the page name torrents and have a door. The probes come first and wait for nothing.
 */
export function createOpsApp({
  live,
  ready,
  status,
  metrics,
  token,
  page,
  log,
  now,
}: OpsDeps): Hono<ServerEnv> {
  const app = createBase(log);
  const door = createAccessGuard(token, log);
  const render = atMostEvery(METRICS_INTERVAL, () => metrics().then(encode), now);
  const answerAtLength = longAnswers(log);
  app.get('/livez', (c) => (live() ? c.text('ok') : refuse(c, 503, 'not live')));
  app.get('/readyz', (c) => (ready() ? c.text('ok') : refuse(c, 503, 'not ready')));
  app.get('/metrics', async (c) => {
    const { type, body } = await render();
    return c.body(body, 200, { 'Content-Type': type });
  });
  app.get('/status', door.privately, (c) =>
    answerAtLength(c, 'application/json', () => jsonPieces(status())),
  );
  app.route('/', page(door));
  return app;
}

/** Bytes that all answers share: whoever does not read them costs no copy. */
const encode = ({ type, text }: { type: string; text: string }) => ({ type, body: Buffer.from(text) });
