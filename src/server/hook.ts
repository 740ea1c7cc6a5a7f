import { createMiddleware } from 'hono/factory';
import type { Hono } from 'hono';
import type { Hash } from '../../machines/domain.ts';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import { isAddressedLocally, isForeignPage, isForwarded, peerOf, shownToken } from './access.ts';
import { createBase, refuse, wantsJson, type OnRefused, type ServerContext, type ServerEnv } from './base.ts';
import { hasBody, readBody } from './body.ts';
import { parseHash } from './hash.ts';
import { throttle } from '../util/throttle.ts';
import { createTokenGuard, type TokenGuard } from './token-guard.ts';

/** Bytes of path and query: `/track?hash=` and 64 digits need 76. */
const maxUrl = 512;

/** Bytes; no body is needed at all. */
const maxBody = 1024;

/** Seconds: how soon a torrent that is followed may have come to its end. */
const RETRY_AFTER = '60';

/** Between two log lines on the same refusal, in milliseconds. */
const refusalInterval = 10_000;

export interface HookDeps {
  /** Starts to follow a torrent, or says that it is followed already, or that there are too many. Must return at once. */
  track: (hash: Hash) => 'started' | 'already' | 'full';
  /** Hears that a torrent is finished: it is looked at at once, unless there are too many. */
  finished: (hash: Hash) => 'accepted' | 'full';
  /** Hears that a call of a hook was refused, before it came to the two above; with 429 after too many wrong tokens. */
  refused?: (hook: 'track' | 'finished', status: number) => void;
  /** Hears of a torrent that the hook could not name: whatever is new is looked for. */
  look: (hook: 'track' | 'finished') => void;
  /** What callers have to show; `null` only on loopback. */
  token: Secret | null;
  /** Whether only this machine can reach the socket. */
  loopbackOnly: boolean;
  log: Logger;
}

/**
 * The API that qBittorrent's hook calls: `POST /track?hash=%K`.
 * Throws when it would be open to the network without a token.
 *
 * @example
 * createHookApp({ track, token: config.hook.token, loopbackOnly: isLoopback(config.hook.host), log });
 */
export function createHookApp(deps: HookDeps): Hono<ServerEnv> {
  if (!deps.token && !deps.loopbackOnly) throw new Error('a hook API beyond loopback needs a token');
  const app = createBase(deps.log, tellRefusals(deps));
  app.use(guard(deps));
  app.post(
    '/track',
    withHash(deps, 'track', (c, hash) => {
      const status = deps.track(hash);
      if (status === 'full') return refuseSurplus(c);
      if (wantsJson(c)) return c.json({ status, hash });
      return c.text(status === 'started' ? `Tracking started for ${hash}` : `Already tracking ${hash}`);
    }),
  );
  app.post(
    '/finished',
    withHash(deps, 'finished', (c, hash) => {
      if (deps.finished(hash) === 'full') return refuseSurplus(c);
      return wantsJson(c) ? c.json({ status: 'finished', hash }) : c.text(`Finished noted for ${hash}`);
    }),
  );
  return app;
}

const SCANNING = 'Looking for a torrent without a v1 hash. With %K instead of %I qBittorrent would name it.';

const FULL = 'Too many torrents are followed already.';

const refuseSurplus = (c: ServerContext): Response => refuse(c, 429, FULL, { 'Retry-After': RETRY_AFTER });

/** Answers a call about one torrent, or refuses it where its hash is none. */
function withHash(
  { look }: HookDeps,
  hook: 'track' | 'finished',
  answer: (c: ServerContext, hash: Hash) => Response,
) {
  return (c: ServerContext): Response => {
    const parsed = parseHash(c.req.url.replace(/^[^?]*\??/, ''));
    if (!parsed.ok) return refuse(c, 400, parsed.message);
    if (parsed.hash !== null) return answer(c, parsed.hash);
    look(hook);
    return wantsJson(c) ? c.json({ status: 'looking', hash: null }) : c.text(SCANNING);
  };
}

/** What every request has to pass, the cheapest first. Who is refused learns no more than that. */
function guard({ token, loopbackOnly }: HookDeps) {
  const refuseCaller =
    token === null ? refuseUnlessLocal(loopbackOnly) : refuseWithout(createTokenGuard(token));
  return createMiddleware<ServerEnv>(async (c, next) => {
    const { url } = c.req;
    if (url.length - url.indexOf('/', 'https://'.length) > maxUrl)
      return refuse(c, 414, 'The URL is too long.');
    if (isForeignPage(c)) return refuse(c, 403, 'Web pages of other sites may not call this.');
    const refusal = refuseCaller(c);
    if (refusal !== null) return refusal;
    if (mayHaveBody(c) && (await readBody(c.req.raw, maxBody)) === null)
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
  const shown = shownToken(c);
  const verdict = shown === null ? 'stranger' : tokens.check(String(peerOf(c)), shown);
  if (verdict === 'welcome') return null;
  if (verdict === 'later') return refuse(c, 429, LOCKED_OUT, { 'Retry-After': RETRY_AFTER });
  const challenge = { 'WWW-Authenticate': 'Bearer' };
  return refuse(c, 401, 'Show the token: Authorization: Bearer <HOOK_TOKEN>.', challenge);
};

const LOCKED_OUT = 'Too many wrong tokens came from there.';

/** To look for one costs a stream each time. */
function mayHaveBody(c: ServerContext): boolean {
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  return bindings?.incoming === undefined || hasBody(bindings.incoming);
}

/** qBittorrent drops what curl says, so the log is where an owner finds out why nothing is tracked. */
function tellRefusals({ log, refused = () => {} }: HookDeps): OnRefused {
  const tell = throttle(refusalInterval);
  return (status, reason, path) => {
    tell(reason, (unsaid) => log.warn('a call of the hook was refused', { status, reason, unsaid }));
    // What is full has answered for itself.
    if (reason === FULL) return;
    if (path === '/track' || path === '/finished') refused(path === '/track' ? 'track' : 'finished', status);
  };
}
