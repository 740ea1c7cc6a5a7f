import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { readBody } from '../server/body.ts';
import { prefersHtml, RETRY_AFTER } from '../server/index.ts';
import type { AccessGuard, ServerEnv } from '../server/index.ts';
import { lockedPage } from './html/document.ts';

/** Bytes. */
const MAX_FORM_SIZE = 4096;

/**
 * All files come from this server, and no markup can contain code: a torrent's name that was not escaped could not run
 * anything.
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
  // Not `no-referrer`: browsers would send our own form with `Origin: null`.
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // A proxy may serve it by http.
  strictTransportSecurity: false,
});

/** `/login`, which receives the token, and `/logout`. */
export function signInRoutes(guard: AccessGuard): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.post('/login', pageHeaders, async (c) => {
    const form = new URLSearchParams((await readBody(c.req.raw, MAX_FORM_SIZE)) ?? '');
    const result = await guard.signIn(c, form.get('token') ?? '');
    // Relative: the page may be served below a path.
    if (result === 'allowed') return c.redirect('./', 303);
    return result === 'throttled'
      ? c.html(lockedPage('throttled'), 429, RETRY_AFTER)
      : c.html(lockedPage('wrong'), 403);
  });
  app.post('/logout', pageHeaders, guard.requireAccess, (c) => {
    guard.signOut(c);
    return c.redirect('./', 303);
  });
  return app;
}

/** Allows a signed-in request for a page; shows the sign-in form to other browsers. */
export function requireSignIn(guard: AccessGuard) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    if (guard.check(c, 'page') === 'allowed') return next();
    if (!prefersHtml(c)) return guard.requireAccess(c, next);
    return c.html(lockedPage(guard.hasToken ? 'none' : 'noToken'), 403);
  });
}
