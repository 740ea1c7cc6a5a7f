/** What a request says of its caller: the token, the address, and whether a browser or a proxy is behind it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Secret } from '../util/secret.ts';
import type { ServerContext, ServerEnv } from './base.ts';
import { isLoopback, isLoopbackPeer, plainAddress } from '../util/loopback.ts';

/**
 * Whether a browser sends this on behalf of another site's page. A POST needs no preflight, so without this
 * check any page that is open on the same host could call the API. Callers that are no browsers send neither
 * header. `same-site` is foreign too: another port of localhost is the same site.
 *
 * @param portless whether a `Host` without a port may stand for any: many proxies remove it. A page on another port of
 *   the same host then passes, so only for what a token or cookie guards.
 */
export function isForeignPage(c: ServerContext, { portless = false } = {}): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  // The browser has compared the origins itself, and no page can set this header: a proxy may have rewritten `Host`.
  if (site === 'same-origin') return false;
  if (site !== 'none') return true;
  const origin = c.req.header('origin');
  return origin !== undefined && !isOriginOf(hostHeader(c), origin, portless);
}

function isOriginOf(host: string, text: string, portless: boolean): boolean {
  const origin = URL.parse(text);
  if (origin === null || !/^https?:$/.test(origin.protocol)) return false;
  // With the origin's scheme, or `example.org:443` would be another host than `https://example.org`.
  const own = URL.parse(`${origin.protocol}//${host}`);
  if (own === null) return false;
  return own.host === origin.host || (portless && !hasPort(host) && own.hostname === origin.hostname);
}

const hasPort = (host: string): boolean => /:\d{1,5}$/.test(host);

/**
 * Whether somebody follows a link to a page, from wherever: the page that has the link sees nothing of the answer.
 */
export function isVisit(c: ServerContext): boolean {
  const { mode, dest } = { mode: c.req.header('sec-fetch-mode'), dest: c.req.header('sec-fetch-dest') };
  return c.req.method === 'GET' && mode === 'navigate' && dest === 'document';
}

/** Whether a program on this machine sent the request itself, as far as that can be told. */
export function isLocalCall(c: ServerContext): boolean {
  return isLoopbackPeer(peerOf(c)) && isAddressedLocally(c) && !isForwarded(c);
}

/**
 * Whether the request was addressed to this machine by one of its own names. A name that somebody made
 * resolve to 127.0.0.1 (DNS rebinding) is none.
 */
export function isAddressedLocally(c: ServerContext): boolean {
  // A request line may hold a whole URL, which then overrides the header (RFC 9112, section 3.2.2).
  return [hostHeader(c), new URL(c.req.url).host].every((host) => isLoopback(host.replace(/:\d{1,5}$/, '')));
}

/** What proxies, load balancers and tunnels add. */
const FORWARDED =
  /^(?:forwarded|via|x-forwarded|x-forwarded-.+|x-original-.+|x-envoy-.+|cf-.+|cdn-loop|(?:x-)?client-ip|x-cluster-client-ip|x-real-ip|true-client-ip|fastly-client-ip|x-proxyuser-ip)$/;

/**
 * Whether a proxy handed the request on: it says so, or speaks HTTP/1.0, which no browser, curl or wget does, but nginx
 * unless it is told otherwise. A proxy that shows neither can't be told from a local caller.
 */
export function isForwarded(c: ServerContext): boolean {
  const isHttp10 = incomingOf(c)?.httpVersion === '1.0';
  return isHttp10 || Object.keys(c.req.header()).some((name) => FORWARDED.test(name));
}

/** Whether the browser is at an https address, to which a proxy takes it: this server speaks http. */
export function isHttps(c: ServerContext): boolean {
  const origin = c.req.header('origin') ?? 'null';
  // What the browser says is right; the proxy's word is for browsers that say nothing. Whoever lies about either only
  // harms a cookie of his own.
  if (origin !== 'null') return origin.startsWith('https:');
  return /^https\b/i.test(c.req.header('x-forwarded-proto') ?? '');
}

/** What the caller shows as `Authorization: Bearer <token>`. A login of another kind is meant for a proxy. */
export function shownToken(c: ServerContext): string | null {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
}

/** Whether this is the token. Takes the same time whatever is shown; sees a rotated token at once. */
export function isToken(shown: string, token: Secret): boolean {
  return timingSafeEqual(digest(shown), digest(token.reveal()));
}

/** The address at the other end of the socket; `undefined` where there is no socket. */
export function peerOf(c: ServerContext): string | undefined {
  const address = incomingOf(c) ? getConnInfo(c).remote.address : undefined;
  return address === undefined ? undefined : plainAddress(address);
}

/** The host, and maybe port, that the request was addressed to. */
export function hostHeader(c: ServerContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host;
}

function incomingOf(c: ServerContext) {
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  return bindings?.incoming;
}

/** To compare or remember a token without keeping it. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
