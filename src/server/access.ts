/** Who may call: who has the token, or who is on this machine and no foreign web page. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../secret.ts';
import type { ServerContext } from './base.ts';
import { isLoopback } from './loopback.ts';

/**
 * Whether a browser sends this on behalf of another site's page. A POST needs no preflight, so without this
 * check any page that is open on the same host could call the API. Callers that are no browsers send neither
 * header. `same-site` is foreign too: another port of localhost is the same site.
 */
export function isForeignPage(c: ServerContext): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  if (site !== 'none' && site !== 'same-origin') return true;
  const origin = c.req.header('origin');
  return origin !== undefined && URL.parse(origin)?.host !== URL.parse(`http://${hostHeader(c)}`)?.host;
}

/**
 * Whether somebody follows a link to a page, from wherever: the page that has the link sees nothing of the answer.
 */
export function isVisit(c: ServerContext): boolean {
  const { mode, dest } = { mode: c.req.header('sec-fetch-mode'), dest: c.req.header('sec-fetch-dest') };
  return c.req.method === 'GET' && mode === 'navigate' && dest === 'document';
}

/**
 * Whether the request was addressed to this machine by one of its own names. A name that somebody made
 * resolve to 127.0.0.1 (DNS rebinding) is none.
 */
export function isAddressedLocally(c: ServerContext): boolean {
  // A request line may hold a whole URL, which then overrides the header (RFC 9112, section 3.2.2).
  return [hostHeader(c), new URL(c.req.url).host].every((host) => isLoopback(host.replace(/:\d{1,5}$/, '')));
}

/** Whether the caller shows the token. Takes the same time whatever is shown; sees a rotated token at once. */
export function hasToken(c: ServerContext, token: Secret): boolean {
  const [, shown] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  return shown !== undefined && isToken(shown, token);
}

/** Whether the caller shows any token. */
export function showsToken(c: ServerContext): boolean {
  return c.req.header('authorization') !== undefined;
}

/** Whether this is the token. */
export function isToken(shown: string, token: Secret): boolean {
  return timingSafeEqual(digest(shown), digest(token.reveal()));
}

function hostHeader(c: ServerContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
