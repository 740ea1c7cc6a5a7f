import { createMiddleware } from 'hono/factory';
import type { Hono } from 'hono';
import type { Hash } from '../../machines/domain.ts';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import { isAddressedLocally, isForeignPage, isForwarded, peerOf, presentedToken } from './access.ts';
import {
  createBase,
  refuse,
  prefersJson,
  type OnRefused,
  type ServerContext,
  type ServerEnv,
} from './base.ts';
import { hasBody, readBody } from './body.ts';
import { parseHash } from './hash.ts';
import { throttle } from '../util/throttle.ts';
import { createTokenGuard, LOCKED_OUT, type TokenGuard } from './token-guard.ts';

/** Characters of path and query: `/track?hash=` and 64 digits need 76. */
const MAX_URL_LENGTH = 512;

/** Bytes; the hooks send no body. */
const MAX_BODY_SIZE = 1024;

/** Seconds: for an address that is locked out, and until there may be room for another torrent. */
const RETRY_AFTER = '60';

/** Milliseconds between two log lines on the same refusal. */
const REFUSAL_LOG_INTERVAL = 10_000;

export interface HookDeps {
  /** Starts tracking a torrent, unless it is tracked already, or too many are. Resolves when that is stored. */
  track: (hash: Hash) => Promise<'started' | 'already' | 'full'>;
  /** Marks a torrent as finished: it is polled immediately, unless too many are tracked. Resolves when that is stored. */
  finished: (hash: Hash) => Promise<'accepted' | 'full'>;
  /** Called when a hook's request was refused before it reached the two above; with 429 after too many wrong tokens. */
  refused?: (hook: 'track' | 'finished', status: number) => void;
  /** Scans for new torrents: the hook's request has no hash. */
  rescan: (hook: 'track' | 'finished') => void;
  /** Required in every request; `null` only on loopback. */
  token: Secret | null;
  /** Whether the socket can only be reached from this machine. */
  loopbackOnly: boolean;
  log: Logger;
}

/**
 * The API for qBittorrent's hooks: `POST /track?hash=%K` and `POST /finished?hash=%K`.
 * Throws when it would be reachable from the network without a token.
 *
 * @example
 * createHookApp({ track, token: config.hook.token, loopbackOnly: isLoopback(config.hook.host), log });
 */
export function createHookApp(deps: HookDeps): Hono<ServerEnv> {
  if (!deps.token && !deps.loopbackOnly) throw new Error('a hook API beyond loopback requires a token');
  const app = createBase(deps.log, reportRefusals(deps));
  app.use(guard(deps));
  app.post(
    '/track',
    withHash(deps, 'track', async (c, hash) => {
      const status = await deps.track(hash);
      if (status === 'full') return refuseSurplus(c);
      if (prefersJson(c)) return c.json({ status, hash });
      return c.text(status === 'started' ? `Tracking started for ${hash}` : `Already tracking ${hash}`);
    }),
  );
  app.post(
    '/finished',
    withHash(deps, 'finished', async (c, hash) => {
      if ((await deps.finished(hash)) === 'full') return refuseSurplus(c);
      return prefersJson(c) ? c.json({ status: 'finished', hash }) : c.text(`Marked as finished: ${hash}`);
    }),
  );
  return app;
}

const SCANNING =
  'Scanning for a torrent without a v1 hash. Use %K instead of %I in the hook, so that qBittorrent sends its ID.';

const FULL = 'Too many torrents are tracked. See MAX_TRACKED.';

const refuseSurplus = (c: ServerContext): Response => refuse(c, 429, FULL, { 'Retry-After': RETRY_AFTER });

/** Answers a request about one torrent, or refuses it when its hash is invalid. */
function withHash(
  { rescan }: HookDeps,
  hook: 'track' | 'finished',
  answer: (c: ServerContext, hash: Hash) => Promise<Response>,
) {
  return (c: ServerContext): Response | Promise<Response> => {
    const parsed = parseHash(c.req.url.replace(/^[^?]*\??/, ''));
    if (!parsed.ok) return refuse(c, 400, parsed.message);
    if (parsed.hash !== null) return answer(c, parsed.hash);
    rescan(hook);
    return prefersJson(c) ? c.json({ status: 'scanning', hash: null }) : c.text(SCANNING);
  };
}

/** Checks that every request has to pass, the cheapest first. A refusal reveals nothing else. */
function guard({ token, loopbackOnly }: HookDeps) {
  const refuseCaller =
    token === null ? refuseUnlessLocal(loopbackOnly) : refuseWithout(createTokenGuard(token));
  return createMiddleware<ServerEnv>(async (c, next) => {
    const { url } = c.req;
    if (url.length - url.indexOf('/', 'https://'.length) > MAX_URL_LENGTH)
      return refuse(c, 414, 'The URL is too long.');
    if (isForeignPage(c)) return refuse(c, 403, 'Requests from web pages of other sites are not allowed.');
    const refusal = refuseCaller(c);
    if (refusal !== null) return refusal;
    if (mayHaveBody(c) && (await readBody(c.req.raw, MAX_BODY_SIZE)) === null)
      return refuse(c, 413, 'The body is too long.');
    return next();
  });
}

const refuseUnlessLocal = (loopbackOnly: boolean) => (c: ServerContext) => {
  if (!loopbackOnly) return null;
  if (!isAddressedLocally(c)) return refuse(c, 403, 'Call this as localhost, 127.0.0.1 or [::1].');
  if (isForwarded(c)) return refuse(c, 403, 'Call this directly, not through a proxy, or set HOOK_TOKEN.');
  return null;
};

const refuseWithout = (tokens: TokenGuard) => (c: ServerContext) => {
  const presented = presentedToken(c);
  const result = presented === null ? 'denied' : tokens.check(String(peerOf(c)), presented);
  if (result === 'allowed') return null;
  if (result === 'throttled') return refuse(c, 429, LOCKED_OUT, { 'Retry-After': RETRY_AFTER });
  const challenge = { 'WWW-Authenticate': 'Bearer' };
  return refuse(c, 401, 'Send the token: Authorization: Bearer <HOOK_TOKEN>.', challenge);
};

/** Reading a body creates a stream: only for requests that have one. */
function mayHaveBody(c: ServerContext): boolean {
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  return bindings?.incoming === undefined || hasBody(bindings.incoming);
}

/** Logs refusals: qBittorrent drops the output of curl, so only the log shows why nothing is tracked. */
function reportRefusals({ log, refused = () => {} }: HookDeps): OnRefused {
  const logThrottled = throttle(REFUSAL_LOG_INTERVAL);
  return (status, reason, path) => {
    logThrottled(reason, (suppressed) =>
      log.warn('a request of the hook was refused', { status, reason, suppressed }),
    );
    // The handlers have counted it already.
    if (reason === FULL) return;
    if (path === '/track' || path === '/finished') refused(path === '/track' ? 'track' : 'finished', status);
  };
}
