/** The inspector's server: a page that shows the actors' events, and its stream. */
import { readFileSync } from 'node:fs';
import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Logger } from '../log/index.ts';
import { requireSignIn, signInRoutes } from '../page/sign-in.ts';
import { createBase, refuse, type AccessGuard, type ServerEnv } from '../server/index.ts';
import { createQueue } from './queue.ts';
import type { Queue } from './queue.ts';

export interface ViewerDeps {
  /** Starts the inspection; the returned function stops it. */
  inspect: (send: (message: StatelyInspectionEvent) => void) => () => void;
  /** The same access rules as for the page: the inspector shows names of torrents. */
  guard: AccessGuard;
  log: Logger;
}

export interface Viewer {
  app: Hono<ServerEnv>;
  /** Disconnects all viewers: a server waits for its streams to end. */
  close: () => void;
}

/** Open streams at the same time. Each has its own inspection. */
const MAX_VIEWERS = 4;
/** Messages that wait for a slow viewer before it is disconnected. */
const MAX_WAITING_EVENTS = 50_000;
/** Milliseconds until a viewer reconnects, also after a restart. */
const RECONNECT_DELAY = 300;

/**
 * Allows own files, and the hosted inspector in a frame, which is loaded on request. The page sends it the messages by
 * `postMessage`, so no other site needs access to this server.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'frame-src https://stately.ai https://*.stately.ai',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const files = {
  '/': ['index.html', 'text/html'],
  '/viewer.js': ['viewer.js', 'text/javascript'],
  '/viewer.css': ['viewer.css', 'text/css'],
} as const;

/** Without a token, for this machine only, under its own name (DNS rebinding) and from its own page; else with the token. */
export function createViewer({ inspect, guard, log }: ViewerDeps): Viewer {
  const viewers = new Set<Queue<string>>();
  const app = createBase(log);
  app.route('/', signInRoutes(guard));
  app.get('/', requireSignIn(guard));
  app.use(guard.requireAccess, async (c, next) => {
    c.header('Content-Security-Policy', policy);
    c.header('Referrer-Policy', 'no-referrer');
    return next();
  });
  for (const [path, [name, type]] of Object.entries(files)) {
    // Read for each request: a reload shows a changed file.
    app.get(path, (c) => c.body(read(name), 200, { 'Content-Type': `${type}; charset=utf-8` }));
  }
  app.get('/events', (c) => {
    if (viewers.size >= MAX_VIEWERS) return refuse(c, 503, 'Too many viewers.');
    const queue = createQueue<string>(MAX_WAITING_EVENTS);
    viewers.add(queue);
    return streamSSE(c, async (stream) => {
      stream.onAbort(queue.end);
      await stream.writeSSE({ event: 'hello', data: '', retry: RECONNECT_DELAY });
      const stop = inspect((message) => queue.push(JSON.stringify(message)));
      try {
        for await (const data of queue) {
          if (!guard.isStillAllowed(c)) break;
          await stream.writeSSE({ data });
        }
      } finally {
        stop();
        viewers.delete(queue);
      }
    });
  });
  return { app, close: () => viewers.forEach((queue) => queue.end()) };
}

function read(name: string): string {
  return readFileSync(new URL(`viewer/${name}`, import.meta.url), 'utf8');
}
