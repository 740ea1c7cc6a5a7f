import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Logger } from '../log/index.ts';
import { joinToPieces } from '../server/pieces.ts';
import { nextTurn } from '../server/turns.ts';
import { createLongAnswers, readHistoryQuery, refuse, RETRY_AFTER } from '../server/index.ts';
import type { AccessGuard, LongAnswers, ServerContext, ServerEnv } from '../server/index.ts';
import { version } from '../util/version.ts';
import { findShownActor } from './actors.ts';
import type { ShownActor } from './actors.ts';
import { assets } from './assets.ts';
import { ROWS } from './html/board.ts';
import { livePage } from './html/document.ts';
import { historyPage } from './html/history.ts';
import type { Html } from './html/html.ts';
import { createBoard } from './live/board.ts';
import type { LiveBoard } from './live/board.ts';
import type { Viewer } from './live/viewer.ts';
import { clockOf } from './view-model.ts';
import type { PageSources } from './view-model.ts';
import { pageHeaders, requireSignIn, signInRoutes } from './sign-in.ts';

export interface PageDeps extends PageSources {
  log: Logger;
}

/** The status page. */
export interface Page {
  /** Its routes: `/`, `/events`, their assets, and the sign-in. */
  routes(guard: AccessGuard): Hono<ServerEnv>;
  /** Ends all streams. */
  close(): void;
}

/** Milliseconds until a browser reconnects an interrupted stream. */
const RECONNECT_DELAY = 1000;

/**
 * The page and its stream. Without viewers it has no listener and no timer.
 *
 * @example
 * const page = createPage({ supervisor, store, finished, preview, now: Date.now, log });
 * createOpsApp({ ...deps, page: page.routes });
 */
export function createPage({ log, ...sources }: PageDeps): Page {
  const board = createBoard(sources, log);
  const answer = createLongAnswers(log);
  const shown = (name: string | undefined) => findShownActor(name, sources.supervisor);
  return {
    routes: (guard) => createRoutes({ board, sources, shown, guard, answer }),
    close: () => board.close(),
  };
}

interface RouteDeps {
  board: LiveBoard;
  sources: PageSources;
  shown: (name: string | undefined) => ShownActor | null;
  guard: AccessGuard;
  answer: LongAnswers;
}

function createRoutes({ board, sources, shown, guard, answer }: RouteDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.get('/', pageHeaders, requireSignIn(guard), (c) => {
    const parts = board.render(shown(c.req.query('show')));
    const page = livePage({ ...parts, version, signedIn: guard.isSignedIn(c) });
    return answer(c, 'text/html; charset=UTF-8', () => joinToPieces(insertRows(page, board.rows())));
  });
  app.get('/history', pageHeaders, requireSignIn(guard), (c) => {
    const query = readHistoryQuery(c.req.query());
    if (typeof query === 'string') return refuse(c, 400, query);
    const page = historyPage(sources.store.history.find(query), query, clockOf(sources));
    return answer(c, 'text/html; charset=UTF-8', () => joinToPieces([String(page)]));
  });
  app.get('/events', guard.requireAccess, (c) => {
    // Hono answers HEAD by GET: that stream would never be read.
    if (c.req.method === 'HEAD') return c.body(null);
    const after = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
    const viewer = board.join(shown(c.req.query('show')), after);
    if (viewer === null) return refuse(c, 503, 'Too many viewers.', RETRY_AFTER);
    return stream(c, viewer, guard);
  });
  for (const [path, { type, body }] of Object.entries(assets)) {
    app.get(path, pageHeaders, (c) => c.body(body, 200, { 'Content-Type': type }));
  }
  app.route('/', signInRoutes(guard));
  return app;
}

/** The page with the rows in place of the placeholder. */
function* insertRows(page: Html, rows: Iterable<string>): Generator<string> {
  const [head = '', tail = ''] = String(page).split(String(ROWS));
  yield head;
  yield* rows;
  yield tail;
}

function stream(c: ServerContext, viewer: Viewer, guard: AccessGuard): Response {
  // Without it nginx would buffer the messages.
  c.header('X-Accel-Buffering', 'no');
  c.req.raw.signal.addEventListener('abort', () => viewer.leave(), { once: true });
  return streamSSE(c, async (events) => {
    events.onAbort(() => viewer.leave());
    await events.write(`retry: ${RECONNECT_DELAY}\n\n`);
    for (;;) {
      // A socket buffers megabytes before backpressure shows that the client does not read.
      await nextTurn();
      const message = await viewer.next();
      if (message === null) return;
      // The browser may have signed out, or the token may have changed. Heartbeats are checked, too.
      if (!guard.isStillAllowed(c)) return viewer.leave();
      if (message.html === '') await events.write(': heartbeat\n\n');
      else await events.writeSSE({ id: message.id, data: message.html });
    }
  });
}
