import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import { isForeignPage, isLocalRequest, isNavigation, isToken, peerOf, presentedToken } from './access.ts';
import { refuse, type ServerContext, type ServerEnv } from './base.ts';
import { throttle } from '../util/throttle.ts';
import { createSlots } from './limits.ts';
import { createSessions } from './sessions.ts';
import { createTokenGuard, LOCKED_OUT, type AccessDecision } from './token-guard.ts';

export type { AccessDecision };

/** Decides which requests may read the names of torrents. */
export interface AccessGuard {
  /** Middleware that refuses a request without access. */
  requireAccess: MiddlewareHandler<ServerEnv>;
  /** For a request for data, or for a page, which other sites may link to. */
  check(c: ServerContext, what?: 'data' | 'page'): AccessDecision;
  /** Whether a request that was allowed is still allowed. Not counted as an attempt to guess the token. */
  isStillAllowed(c: ServerContext): boolean;
  /** Sets a session cookie if the token is right. A wrong token is answered after a delay. */
  signIn(c: ServerContext, presented: string): Promise<AccessDecision>;
  /** Deletes the session and its cookie. */
  signOut(c: ServerContext): void;
  /** Whether the request has the cookie of a session. */
  isSignedIn(c: ServerContext): boolean;
  /** Whether a token is configured. */
  readonly hasToken: boolean;
}

/** Milliseconds until a wrong token is answered. */
const WRONG_TOKEN_DELAY = 1000;

/** Delayed answers at the same time: their connections cannot be closed to make room for others. */
const MAX_DELAYED_ANSWERS = 8;

/** Between two log lines on wrong tokens, in milliseconds. */
const WARNING_INTERVAL = 10_000;

export const RETRY_AFTER = { 'Retry-After': '60' };

/**
 * With a token, allows requests that present it, from any address: a proxy on this machine makes all requests local.
 * Without a token, allows direct requests from this machine, addressed to it by a local name. A port-forward is one.
 */
export function createAccessGuard(
  token: Secret | null,
  log: Logger,
  wrongTokenDelay = WRONG_TOKEN_DELAY,
): AccessGuard {
  return token === null ? createLocalGuard() : createTokenAccess(token, log, wrongTokenDelay);
}

const checkLocal: AccessGuard['check'] = (c, what = 'data') =>
  isLocalRequest(c) && !isForeign(c, what) ? 'allowed' : 'denied';

function createLocalGuard(): AccessGuard {
  return {
    check: checkLocal,
    // The peer address of a connection does not change.
    isStillAllowed: () => true,
    hasToken: false,
    requireAccess: createMiddlewareFor(
      checkLocal,
      'Only direct requests from this machine are allowed. Set OPS_TOKEN to allow others.',
    ),
    signIn: async () => 'denied',
    signOut: () => {},
    isSignedIn: () => false,
  };
}

function createTokenAccess(token: Secret, log: Logger, wrongTokenDelay: number): AccessGuard {
  const sessions = createSessions(token);
  const delayed = createSlots(MAX_DELAYED_ANSWERS);
  const warn = throttle(WARNING_INTERVAL);
  const tokens = createTokenGuard(token, (address) =>
    warn('', (suppressed) => log.warn('a request had a wrong OPS_TOKEN', { address, suppressed })),
  );

  const check: AccessGuard['check'] = (c, what = 'data') => {
    if (isForeign(c, what, true)) return 'denied';
    if (sessions.has(c)) return 'allowed';
    const presented = presentedToken(c);
    return presented === null ? 'denied' : tokens.check(String(peerOf(c)), presented);
  };

  return {
    check,
    isStillAllowed: (c) => sessions.has(c) || isToken(presentedToken(c) ?? '', token),
    hasToken: true,
    requireAccess: createMiddlewareFor(check, 'Send OPS_TOKEN as a bearer token, or sign in on the page.'),
    async signIn(c, presented) {
      if (isForeignPage(c, { portless: true })) return 'denied';
      const result = tokens.check(String(peerOf(c)), presented);
      if (result === 'allowed') sessions.begin(c);
      if (result !== 'denied') return result;
      const release = delayed.take();
      if (release === null) return 'throttled';
      await sleep(wrongTokenDelay);
      release();
      return result;
    },
    signOut: (c) => sessions.end(c),
    isSignedIn: (c) => sessions.has(c),
  };
}

const isForeign = (c: ServerContext, what: 'data' | 'page', portless = false): boolean =>
  isForeignPage(c, { portless }) && !(what === 'page' && isNavigation(c));

function createMiddlewareFor(check: AccessGuard['check'], sentence: string): AccessGuard['requireAccess'] {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const result = check(c);
    if (result === 'allowed') return next();
    if (result === 'throttled') return refuse(c, 429, LOCKED_OUT, RETRY_AFTER);
    return refuse(c, 403, sentence);
  });
}
