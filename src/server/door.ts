import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../util/secret.ts';
import { isForeignPage, isLocalCall, isToken, isVisit, peerOf, shownToken } from './access.ts';
import { refuse, type ServerContext, type ServerEnv } from './base.ts';
import { throttle } from '../util/throttle.ts';
import { createSlots } from './limits.ts';
import { createTokenGuard, type Verdict } from './token-guard.ts';
import { createSessions } from './visits.ts';

export type { Verdict };

/** Who may see what names torrents. */
export interface AccessGuard {
  /** Lets a request through, or refuses it. */
  privately: MiddlewareHandler<ServerEnv>;
  /** Of a request for data; or for a page, to which other sites may link. */
  check(c: ServerContext, what?: 'data' | 'page'): Verdict;
  /** Whether a request that was let through would be let through again. Counts no wrong token: it is no attempt. */
  isStillWelcome(c: ServerContext): boolean;
  /** Trades the token for a cookie. A wrong one is answered slowly. */
  enter(c: ServerContext, shown: string): Promise<Verdict>;
  /** Takes the cookie back. */
  leave(c: ServerContext): void;
  /** Whether the caller has a cookie that can be taken back. */
  isSignedIn(c: ServerContext): boolean;
  /** Whether there is a token that opens it. */
  readonly hasKey: boolean;
}

/** Milliseconds until a wrong token is answered. */
const WRONG_TOKEN_DELAY = 1000;

/** Wrong tokens that are answered slowly at the same time: meanwhile their connections can't make room for others. */
const MAX_SLOW = 8;

/** Between two log lines on wrong tokens, in milliseconds. */
const WARNING_INTERVAL = 10_000;

export const RETRY_AFTER = { 'Retry-After': '60' };

/**
 * With a token, lets in who shows it, wherever the call is from: a proxy on this machine makes everybody's calls local.
 * Without one, lets in who calls from this machine, by its own name and directly: a port-forward is such a call.
 */
export function createAccessGuard(
  token: Secret | null,
  log: Logger,
  slowness = WRONG_TOKEN_DELAY,
): AccessGuard {
  return token === null ? createLocalDoor() : createTokenDoor(token, log, slowness);
}

const judgeLocally: AccessGuard['check'] = (c, what = 'data') =>
  isLocalCall(c) && !isForeign(c, what) ? 'welcome' : 'stranger';

function createLocalDoor(): AccessGuard {
  return {
    check: judgeLocally,
    // Where it is from does not change.
    isStillWelcome: () => true,
    hasKey: false,
    privately: createPrivately(
      judgeLocally,
      'This is for direct calls from the same machine. OPS_TOKEN opens it to others.',
    ),
    enter: async () => 'stranger',
    leave: () => {},
    isSignedIn: () => false,
  };
}

function createTokenDoor(token: Secret, log: Logger, slowness: number): AccessGuard {
  const visits = createSessions(token);
  const slow = createSlots(MAX_SLOW);
  const warn = throttle(WARNING_INTERVAL);
  const guard = createTokenGuard(token, (address) =>
    warn('', (unsaid) => log.warn('a wrong OPS_TOKEN was shown', { address, unsaid })),
  );

  const judge: AccessGuard['check'] = (c, what = 'data') => {
    if (isForeign(c, what, true)) return 'stranger';
    if (visits.isKnown(c)) return 'welcome';
    const shown = shownToken(c);
    return shown === null ? 'stranger' : guard.check(String(peerOf(c)), shown);
  };

  return {
    check: judge,
    isStillWelcome: (c) => visits.isKnown(c) || isToken(shownToken(c) ?? '', token),
    hasKey: true,
    privately: createPrivately(judge, 'Show the OPS_TOKEN as a bearer token, or sign in at the page.'),
    async enter(c, shown) {
      if (isForeignPage(c, { portless: true })) return 'stranger';
      const verdict = guard.check(String(peerOf(c)), shown);
      if (verdict === 'welcome') visits.begin(c);
      if (verdict !== 'stranger') return verdict;
      const release = slow.take();
      if (release === null) return 'later';
      await sleep(slowness);
      release();
      return verdict;
    },
    leave: (c) => visits.end(c),
    isSignedIn: (c) => visits.isKnown(c),
  };
}

const isForeign = (c: ServerContext, what: 'data' | 'page', portless = false): boolean =>
  isForeignPage(c, { portless }) && !(what === 'page' && isVisit(c));

function createPrivately(judge: AccessGuard['check'], sentence: string): AccessGuard['privately'] {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const verdict = judge(c);
    if (verdict === 'welcome') return next();
    if (verdict === 'later') return refuse(c, 429, 'Too many wrong tokens came from there.', RETRY_AFTER);
    return refuse(c, 403, sentence);
  });
}
