import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import type { Logger } from '../log/index.ts';
import { readBody } from '../server/body.ts';
import { refuse, RETRY_AFTER } from '../server/index.ts';
import type { Door, ServerContext, ServerEnv } from '../server/index.ts';
import { version } from '../version.ts';
import { shownOf } from './actors.ts';
import { assets } from './assets.ts';
import { livePage, lockedPage } from './html/document.ts';
import { createBoard } from './live/board.ts';
import type { LiveBoard } from './live/board.ts';
import type { Viewer } from './live/viewer.ts';
import type { Subject } from './look.ts';

export interface PageDeps extends Subject {
  log: Logger;
}

/** The page that shows what the sidecar does. */
export interface Page {
  /** Its routes: `/`, `/events`, what they need, and a way in for browsers. */
  routes(door: Door): Hono<ServerEnv>;
  /** Ends all streams. */
  close(): void;
}

/** Milliseconds until a browser asks again for a stream that broke off. */
const RETRY = 1000;

/** Bytes of the form with the token. */
const MAX_FORM = 4096;

/**
 * Everything comes from here, and nothing in the page's markup is code: a name that got through as markup would be
 * text that looks odd, and no more.
 */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // Not `no-referrer`: browsers would say that our own form comes from nowhere (`Origin: null`).
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // Whether it is served by https is not known here.
  strictTransportSecurity: false,
});

/**
 * The page and its stream. Nothing of it costs anything while nobody looks.
 *
 * @example
 * const page = createPage({ supervisor, store, finished, timeZone, now: Date.now, log });
 * createOpsApp({ ...deps, page: page.routes });
 */
export function createPage({ log, ...subject }: PageDeps): Page {
  const board = createBoard(subject, log);
  return { routes: (door) => routesOf(board, door), close: () => board.close() };
}

function routesOf(board: LiveBoard, door: Door): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.get('/', headers, receive(door), (c) => {
    const parts = board.draw(shownOf(c.req.query('show')));
    return c.html(livePage({ ...parts, version, signedIn: door.isSignedIn(c) }));
  });
  app.get('/events', door.privately, (c) => {
    // Hono answers HEAD by GET: nobody would ever read that stream.
    if (c.req.method === 'HEAD') return c.body(null);
    const after = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
    const viewer = board.join(shownOf(c.req.query('show')), after);
    if (viewer === null) return refuse(c, 503, 'Too many look already.', RETRY_AFTER);
    return stream(c, viewer);
  });
  for (const [path, { type, text }] of Object.entries(assets)) {
    app.get(path, headers, (c) => c.body(text, 200, { 'Content-Type': type }));
  }
  app.post('/login', headers, async (c) => {
    const form = new URLSearchParams((await readBody(c.req.raw, MAX_FORM)) ?? '');
    const verdict = await door.enter(c, form.get('token') ?? '');
    // Relative: it may be served below a path.
    if (verdict === 'welcome') return c.redirect('./', 303);
    return verdict === 'later'
      ? c.html(lockedPage('later'), 429, RETRY_AFTER)
      : c.html(lockedPage('wrong'), 403);
  });
  app.post('/logout', headers, door.privately, (c) => {
    door.leave(c);
    return c.redirect('./', 303);
  });
  return app;
}

/** Shows those the way in who are not welcome yet, and have eyes. */
function receive(door: Door) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    if (door.judge(c, 'page') === 'welcome') return next();
    if (!wantsHtml(c)) return door.privately(c, next);
    return c.html(lockedPage(door.hasKey ? 'none' : 'keyless'), 403);
  });
}

function wantsHtml(c: ServerContext): boolean {
  const supports = ['text/plain', 'text/html'];
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' }) === 'text/html';
}

function stream(c: ServerContext, viewer: Viewer): Response {
  // Else nginx would keep the messages for itself.
  c.header('X-Accel-Buffering', 'no');
  c.req.raw.signal.addEventListener('abort', () => viewer.leave(), { once: true });
  return streamSSE(c, async (events) => {
    events.onAbort(() => viewer.leave());
    await events.write(`retry: ${RETRY}\n\n`);
    for (let message = await viewer.next(); message !== null; message = await viewer.next()) {
      if (message.html === '') await events.write(': nothing new\n\n');
      else await events.writeSSE({ id: message.id, data: message.html });
    }
  });
}
