/** The inspector's own small server: a page that shows what the actors do, and the stream that it reads. */
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
  /** Begins to look; the returned function ends it. */
  look: (send: (message: StatelyInspectionEvent) => void) => () => void;
  /** The same rules as for the page: what is shown names torrents. */
  guard: AccessGuard;
  log: Logger;
}

export interface Viewer {
  app: Hono<ServerEnv>;
  /** Lets all viewers go: a server waits for its streams to end. */
  close: () => void;
}

/** Each viewer costs as much as the whole inspection. */
const MAX_VIEWERS = 4;
/** Messages that wait for a slow viewer, before it has to begin anew. */
const MAX_WAITING_EVENTS = 50_000;
/** Milliseconds until a viewer comes back, after a restart too. */
const RETRY = 300;

/**
 * Nothing from elsewhere but the hosted inspector in a frame, and that only when somebody asks for it. It gets its
 * messages from the page around it (`postMessage`), so no other site needs to reach this server.
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

/** For this machine alone: no name but its own (DNS rebinding), no page but this one. With a token, for who shows it. */
export function createViewer({ look, guard, log }: ViewerDeps): Viewer {
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
    // Read each time: a change shows with the next reload.
    app.get(path, (c) => c.body(read(name), 200, { 'Content-Type': `${type}; charset=utf-8` }));
  }
  app.get('/events', (c) => {
    if (viewers.size >= MAX_VIEWERS) return refuse(c, 503, 'Too many look already.');
    const queue = createQueue<string>(MAX_WAITING_EVENTS);
    viewers.add(queue);
    return streamSSE(c, async (stream) => {
      stream.onAbort(queue.end);
      await stream.writeSSE({ event: 'hello', data: '', retry: RETRY });
      const stop = look((message) => queue.push(JSON.stringify(message)));
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
