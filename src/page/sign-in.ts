import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { readBody } from '../server/body.ts';
import { RETRY_AFTER } from '../server/index.ts';
import type { AccessGuard, ServerContext, ServerEnv } from '../server/index.ts';
import { lockedPage } from './html/document.ts';

/** Bytes of the form with the token. */
const MAX_FORM = 4096;

/**
 * Everything comes from here, and nothing in the page's markup is code: a name that got through as markup would be
 * text that looks odd, and no more.
 */
export const pageHeaders = secureHeaders({
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

/** Where browsers show the token, and sign out: `/login` and `/logout`. */
export function signInRoutes(guard: AccessGuard): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.post('/login', pageHeaders, async (c) => {
    const form = new URLSearchParams((await readBody(c.req.raw, MAX_FORM)) ?? '');
    const verdict = await guard.signIn(c, form.get('token') ?? '');
    // Relative: it may be served below a path.
    if (verdict === 'allowed') return c.redirect('./', 303);
    return verdict === 'throttled'
      ? c.html(lockedPage('later'), 429, RETRY_AFTER)
      : c.html(lockedPage('wrong'), 403);
  });
  app.post('/logout', pageHeaders, guard.requireAccess, (c) => {
    guard.signOut(c);
    return c.redirect('./', 303);
  });
  return app;
}

/** Lets a request for a page through, or shows a browser the form for the token. */
export function requireSignIn(guard: AccessGuard) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    if (guard.check(c, 'page') === 'allowed') return next();
    if (!wantsHtml(c)) return guard.requireAccess(c, next);
    return c.html(lockedPage(guard.hasToken ? 'none' : 'keyless'), 403);
  });
}

function wantsHtml(c: ServerContext): boolean {
  const supports = ['text/plain', 'text/html'];
  return accepts(c, { header: 'Accept', supports, default: 'text/plain' }) === 'text/html';
}
