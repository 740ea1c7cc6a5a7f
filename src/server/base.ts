/** What both servers have in common: security headers, error responses, and the log of unexpected errors. */
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { accepts } from 'hono/accepts';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';

/** `incoming` is missing in tests without a socket. */
export interface ServerEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { refusal: string };
}

export type ServerContext = Context<ServerEnv>;

/** Called for each refusal (4xx), with its reason and the path, which is untrusted text. */
export type OnRefused = (status: number, reason: string, path: string) => void;

/** An app without routes that answers 404, 405 and 500 with constant texts and forbids caching. */
export function createBase(log: Logger, onRefused: OnRefused = () => {}): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cache-Control', 'no-store');
    await next();
    if (c.res.status >= 400 && c.res.status < 500) onRefused(c.res.status, c.get('refusal'), c.req.path);
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        refuse(c, 405, 'This method is not allowed.', { Allow: methods.join(', ') }),
    }),
  );
  app.notFound((c) => refuse(c, 404, 'Not found.'));
  app.onError((error, c) => {
    logBug(log, 'a request failed', error);
    return refuse(c, 500, 'Internal error. See the log of the sidecar.');
  });
  return app;
}

/** Refuses a request with one sentence, as text or JSON. The sentence is constant: it contains no input. */
export function refuse(
  c: ServerContext,
  status: ContentfulStatusCode,
  sentence: string,
  headers: Record<string, string> = {},
): Response {
  c.set('refusal', sentence);
  return prefersJson(c) ? c.json({ error: sentence }, status, headers) : c.text(sentence, status, headers);
}

/** A browser that opens a page, and no other program. */
export const prefersHtml = (c: ServerContext): boolean =>
  preferredOf(c, ['text/plain', 'text/html']) === 'text/html';

const preferredOf = (c: ServerContext, supports: string[]): string =>
  accepts(c, { header: 'Accept', supports, default: 'text/plain' });

/** Plain text, unless `Accept` prefers JSON: most requests come from curl in a hook, whose output is dropped. */
export const prefersJson = (c: ServerContext): boolean =>
  preferredOf(c, ['text/plain', 'application/json']) === 'application/json';
