/** What both servers have in common: how they refuse, what they never say. */
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { accepts } from 'hono/accepts';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';

/** `incoming` is missing in tests that need no socket. */
export interface ServerEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { refusal: string };
}

export type ServerContext = Context<ServerEnv>;

/** Hears of each refusal (4xx): its reason, and the path that was called, which is the caller's text. */
export type OnRefused = (status: number, reason: string, path: string) => void;

/** An app without routes that answers 404, 405 and 500 with constant texts, and that nobody may cache. */
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
        refuse(c, 405, 'This method is not allowed here.', { Allow: methods.join(', ') }),
    }),
  );
  app.notFound((c) => refuse(c, 404, 'There is nothing here.'));
  app.onError((error, c) => {
    logBug(log, 'a request failed', error);
    return refuse(c, 500, 'Something went wrong here. The log says what.');
  });
  return app;
}

/** Says no in one sentence, in the format that was asked for. The sentence is ours: it repeats no input. */
export function refuse(
  c: ServerContext,
  status: ContentfulStatusCode,
  sentence: string,
  headers: Record<string, string> = {},
): Response {
  c.set('refusal', sentence);
  return wantsJson(c) ? c.json({ error: sentence }, status, headers) : c.text(sentence, status, headers);
}

/** Plain text, unless `Accept` prefers JSON: the caller is usually a curl that nobody listens to. */
export function wantsJson(c: ServerContext): boolean {
  const supports = ['text/plain', 'application/json'];
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' }) === 'application/json';
}
