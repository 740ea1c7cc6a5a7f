import type { Hono } from 'hono';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import type { HistoryQuery } from '../store/index.ts';
import { createBase, prefersHtml, refuse, type ServerContext, type ServerEnv } from './base.ts';
import { readHistoryQuery } from './history-query.ts';
import { createAccessGuard, type AccessGuard } from './access-guard.ts';
import { atMostEvery } from './limits.ts';
import { createLongAnswers } from './long-answers.ts';
import { jsonPieces } from './pieces.ts';

export interface OpsDeps {
  /** Whether the process works; after `false` Kubernetes restarts it. */
  live: () => boolean;
  /** Whether hooks can be answered. */
  ready: () => boolean;
  /** Any JSON value; iterables are written as arrays, item by item. */
  status: () => Readonly<Record<string, unknown>>;
  /** All completions of a digest, as a JSON value; `null` if there is no such digest. */
  digest: (id: string) => Readonly<Record<string, unknown>> | null;
  /** The torrents that completed or were removed, as a JSON value. */
  history: (query: HistoryQuery) => Readonly<Record<string, unknown>>;
  /** For Prometheus; contains no names of torrents. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Gives other machines access to status and page; `null`: this machine only. */
  token: Secret | null;
  /** The page and its stream, with the same access guard. */
  page: (guard: AccessGuard) => Hono<ServerEnv>;
  log: Logger;
  /** Milliseconds, monotonic. */
  now?: () => number;
}

/** Milliseconds in which the metrics are rendered once for all requests. */
const METRICS_INTERVAL = 1000;

/**
 * The read-only API for operations. `/livez`, `/readyz` and `/metrics` are public; `/status` and the page contain names
 * of torrents and require access. The probes are answered without waiting.
 */
export function createOpsApp({
  live,
  ready,
  status,
  digest,
  history,
  metrics,
  token,
  page,
  log,
  now,
}: OpsDeps): Hono<ServerEnv> {
  const app = createBase(log);
  const guard = createAccessGuard(token, log);
  const render = atMostEvery(METRICS_INTERVAL, () => metrics().then(encode), now);
  const answer = createLongAnswers(log);
  app.get('/livez', (c) => (live() ? c.text('ok') : refuse(c, 503, 'not live')));
  app.get('/readyz', (c) => (ready() ? c.text('ok') : refuse(c, 503, 'not ready')));
  app.get('/metrics', async (c) => {
    const { type, body } = await render();
    return c.body(body, 200, { 'Content-Type': type });
  });
  app.get('/status', guard.requireAccess, (c) => answer(c, 'application/json', () => jsonPieces(status())));
  app.get('/digest', guard.requireAccess, (c) => {
    const found = digest(c.req.query('id') ?? '');
    if (found === null) return refuse(c, 404, 'There is no such digest.');
    return answer(c, 'application/json', () => jsonPieces(found));
  });
  const answerHistory = (c: ServerContext) => {
    const query = readHistoryQuery(c.req.query());
    if (typeof query === 'string') return refuse(c, 400, query);
    return answer(c, 'application/json', () => jsonPieces(history(query)));
  };
  app.get('/history', async (c, next) => {
    // A browser gets the page with this path.
    if (prefersHtml(c)) return next();
    return guard.requireAccess(c, async () => {
      c.res = answerHistory(c);
    });
  });
  app.route('/', page(guard));
  return app;
}

/** All responses share these bytes: a client that does not read them takes no memory for a copy. */
const encode = ({ type, text }: { type: string; text: string }) => ({ type, body: Buffer.from(text) });
