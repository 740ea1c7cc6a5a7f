/** Properties of a request: its token, its address, and whether it comes from a browser or a proxy. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Secret } from '../util/secret.ts';
import type { ServerContext, ServerEnv } from './base.ts';
import { isLoopback, isLoopbackPeer, plainAddress } from '../util/loopback.ts';

/**
 * Whether a browser sends this request for a page of another origin. A POST needs no preflight, so without this check
 * any page that is open in a browser on this host could call the API. Clients other than browsers send neither header.
 * `same-site` counts as foreign: another port of localhost is the same site.
 *
 * @param portless whether a `Host` without a port matches every port: many proxies remove the port. A page on another
 *   port of the same host is then not foreign, so use it only where a token or cookie is required.
 */
export function isForeignPage(c: ServerContext, { portless = false } = {}): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  // The browser compared the origins, and no page can set this header. A proxy may have rewritten `Host`.
  if (site === 'same-origin') return false;
  if (site !== 'none') return true;
  const origin = c.req.header('origin');
  return origin !== undefined && !isOriginOf(hostHeader(c), origin, portless);
}

function isOriginOf(host: string, text: string, portless: boolean): boolean {
  const origin = URL.parse(text);
  if (origin === null || !/^https?:$/.test(origin.protocol)) return false;
  // With the scheme of the origin, so that `example.org:443` equals `https://example.org`.
  const own = URL.parse(`${origin.protocol}//${host}`);
  if (own === null) return false;
  return own.host === origin.host || (portless && !hasPort(host) && own.hostname === origin.hostname);
}

const hasPort = (host: string): boolean => /:\d{1,5}$/.test(host);

/** Whether the browser follows a link to a page. The page with the link cannot read the response. */
export function isNavigation(c: ServerContext): boolean {
  const { mode, dest } = { mode: c.req.header('sec-fetch-mode'), dest: c.req.header('sec-fetch-dest') };
  return c.req.method === 'GET' && mode === 'navigate' && dest === 'document';
}

/** Whether a program on this machine sent the request directly, as far as this can be detected. */
export function isLocalRequest(c: ServerContext): boolean {
  return isLoopbackPeer(peerOf(c)) && isAddressedLocally(c) && !isForwarded(c);
}

/**
 * Whether the request is addressed to `localhost`, 127.0.0.1 or ::1. Another name that resolves to 127.0.0.1 (DNS
 * rebinding) does not count.
 */
export function isAddressedLocally(c: ServerContext): boolean {
  // A request line may contain a whole URL, which overrides the header (RFC 9112, section 3.2.2).
  return [hostHeader(c), new URL(c.req.url).host].every((host) => isLoopback(host.replace(/:\d{1,5}$/, '')));
}

/** Headers that proxies, load balancers and tunnels add. */
const FORWARDED =
  /^(?:forwarded|via|x-forwarded|x-forwarded-.+|x-original-.+|x-envoy-.+|cf-.+|cdn-loop|(?:x-)?client-ip|x-cluster-client-ip|x-real-ip|true-client-ip|fastly-client-ip|x-proxyuser-ip)$/;

/**
 * Whether a proxy forwarded the request: by its headers, or by HTTP/1.0, which nginx uses by default, but no browser,
 * curl or wget. A proxy with neither cannot be distinguished from a local client.
 */
export function isForwarded(c: ServerContext): boolean {
  const isHttp10 = incomingOf(c)?.httpVersion === '1.0';
  return isHttp10 || Object.keys(c.req.header()).some((name) => FORWARDED.test(name));
}

/** Whether the browser uses an https address of a proxy: this server itself has only http. */
export function isHttps(c: ServerContext): boolean {
  const origin = c.req.header('origin') ?? 'null';
  // The browser's header is right; the proxy's is for browsers that send none. A client that forges one of them only
  // affects its own cookie.
  if (origin !== 'null') return origin.startsWith('https:');
  return /^https\b/i.test(c.req.header('x-forwarded-proto') ?? '');
}

/** The token in `Authorization: Bearer <token>`. Other authentication schemes are meant for a proxy. */
export function presentedToken(c: ServerContext): string | null {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
}

/** Whether this is the token, compared in constant time with its newest value. */
export function isToken(presented: string, token: Secret): boolean {
  return timingSafeEqual(digest(presented), digest(token.reveal()));
}

/** The address of the client's end of the socket; `undefined` without a socket. */
export function peerOf(c: ServerContext): string | undefined {
  const address = incomingOf(c) ? getConnInfo(c).remote.address : undefined;
  return address === undefined ? undefined : plainAddress(address);
}

/** The host that the request is addressed to, with its port if there is one. */
export function hostHeader(c: ServerContext): string {
  return c.req.header('host') ?? new URL(c.req.url).host;
}

function incomingOf(c: ServerContext) {
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  return bindings?.incoming;
}

/** For comparing a token, or counting it, without storing it. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
