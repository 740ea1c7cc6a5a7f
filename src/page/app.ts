import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Logger } from '../log/index.ts';
import { joinToPieces } from '../server/pieces.ts';
import { nextTurn } from '../server/turns.ts';
import { longAnswers, refuse, RETRY_AFTER } from '../server/index.ts';
import type { AccessGuard, LongAnswers, ServerContext, ServerEnv } from '../server/index.ts';
import { version } from '../util/version.ts';
import { shownOf } from './actors.ts';
import type { Shown } from './actors.ts';
import { assets } from './assets.ts';
import { ROWS } from './html/board.ts';
import { livePage } from './html/document.ts';
import type { Html } from './html/html.ts';
import { createBoard } from './live/board.ts';
import type { LiveBoard } from './live/board.ts';
import type { Viewer } from './live/viewer.ts';
import type { Subject } from './look.ts';
import { pageHeaders, requireSignIn, signInRoutes } from './sign-in.ts';

export interface PageDeps extends Subject {
  log: Logger;
}

/** The page that shows what the sidecar does. */
export interface Page {
  /** Its routes: `/`, `/events`, what they need, and a way in for browsers. */
  routes(guard: AccessGuard): Hono<ServerEnv>;
  /** Ends all streams. */
  close(): void;
}

/** Milliseconds until a browser asks again for a stream that broke off. */
const RETRY = 1000;

/**
 * The page and its stream. Nothing of it costs anything while nobody looks.
 *
 * @example
 * const page = createPage({ supervisor, store, finished, timeZone, now: Date.now, log });
 * createOpsApp({ ...deps, page: page.routes });
 */
export function createPage({ log, ...subject }: PageDeps): Page {
  const board = createBoard(subject, log);
  const answer = longAnswers(log);
  const shown = (name: string | undefined) => shownOf(name, subject.supervisor);
  return { routes: (guard) => routesOf({ board, shown, guard, answer }), close: () => board.close() };
}

interface Routing {
  board: LiveBoard;
  shown: (name: string | undefined) => Shown | null;
  guard: AccessGuard;
  answer: LongAnswers;
}

function routesOf({ board, shown, guard, answer }: Routing): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.get('/', pageHeaders, requireSignIn(guard), (c) => {
    const parts = board.draw(shown(c.req.query('show')));
    const page = livePage({ ...parts, version, signedIn: guard.isSignedIn(c) });
    return answer(c, 'text/html; charset=UTF-8', () => joinToPieces(inside(page, board.rows())));
  });
  app.get('/events', guard.requireAccess, (c) => {
    // Hono answers HEAD by GET: nobody would ever read that stream.
    if (c.req.method === 'HEAD') return c.body(null);
    const after = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
    const viewer = board.join(shown(c.req.query('show')), after);
    if (viewer === null) return refuse(c, 503, 'Too many look already.', RETRY_AFTER);
    return stream(c, viewer, guard);
  });
  for (const [path, { type, body }] of Object.entries(assets)) {
    app.get(path, pageHeaders, (c) => c.body(body, 200, { 'Content-Type': type }));
  }
  app.route('/', signInRoutes(guard));
  return app;
}

/** A page with its rows in their place. */
function* inside(page: Html, rows: Iterable<string>): Generator<string> {
  const [head = '', tail = ''] = String(page).split(String(ROWS));
  yield head;
  yield* rows;
  yield tail;
}

function stream(c: ServerContext, viewer: Viewer, guard: AccessGuard): Response {
  // Else nginx would keep the messages for itself.
  c.header('X-Accel-Buffering', 'no');
  c.req.raw.signal.addEventListener('abort', () => viewer.leave(), { once: true });
  return streamSSE(c, async (events) => {
    events.onAbort(() => viewer.leave());
    await events.write(`retry: ${RETRY}\n\n`);
    for (;;) {
      // A connection takes megabytes before it says that its client does not read.
      await nextTurn();
      const message = await viewer.next();
      if (message === null) return;
      // It may have signed out since, or the token is another one. A heartbeat is a message, too.
      if (!guard.isStillAllowed(c)) return viewer.leave();
      if (message.html === '') await events.write(': nothing new\n\n');
      else await events.writeSSE({ id: message.id, data: message.html });
    }
  });
}
