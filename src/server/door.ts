import { setTimeout as sleep } from 'node:timers/promises';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Logger } from '../log/index.ts';
import type { Secret } from '../secret.ts';
import { hasToken, isAddressedLocally, isForeignPage, isToken, isVisit, showsToken } from './access.ts';
import { createAttempts } from './attempts.ts';
import { refuse, type ServerContext, type ServerEnv } from './base.ts';
import { isLoopbackPeer, plainAddress } from './loopback.ts';
import { sparingly } from './sparingly.ts';
import { createVisits } from './visits.ts';

/** `later`: too many wrong tokens came from there. */
export type Verdict = 'welcome' | 'stranger' | 'later';

/** Who may see what names torrents. */
export interface Door {
  /** Lets a request through, or refuses it. */
  privately: MiddlewareHandler<ServerEnv>;
  /** Of a request for data; or for a page, to which other sites may link. */
  judge(c: ServerContext, what?: 'data' | 'page'): Verdict;
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
const SLOWNESS = 1000;

/** Between two log lines on wrong tokens, in milliseconds. */
const WARNING_INTERVAL = 10_000;

export const RETRY_AFTER = { 'Retry-After': '60' };

/**
 * Lets in who has the token, and who calls from this machine, by its own name: a port-forward is such a call.
 * The socket tells where a call is from; headers that claim it (`X-Forwarded-For`, `Forwarded`) are not read.
 */
export function createDoor(token: Secret | null, log: Logger, slowness = SLOWNESS): Door {
  const attempts = createAttempts();
  const visits = token === null ? null : createVisits(token);
  const warn = sparingly(WARNING_INTERVAL);

  function note(address: string): void {
    attempts.count(address);
    warn(address, (unsaid) => log.warn('a wrong OPS_TOKEN was shown', { address, unsaid }));
  }

  function judge(c: ServerContext, what: 'data' | 'page' = 'data'): Verdict {
    const address = peerOf(c);
    if (isForeignPage(c) && !(what === 'page' && isVisit(c))) return 'stranger';
    if (isLoopbackPeer(address) && isAddressedLocally(c)) return 'welcome';
    if (token === null || visits === null) return 'stranger';
    if (visits.isKnown(c)) return 'welcome';
    if (!showsToken(c)) return 'stranger';
    if (attempts.isSpent(String(address))) return 'later';
    if (hasToken(c, token)) return 'welcome';
    note(String(address));
    return 'stranger';
  }

  return {
    judge,
    hasKey: token !== null,
    privately: createMiddleware<ServerEnv>(async (c, next) => {
      const verdict = judge(c);
      if (verdict === 'welcome') return next();
      if (verdict === 'later') return refuse(c, 429, 'Too many wrong tokens came from there.', RETRY_AFTER);
      return refuse(c, 403, 'This is for callers on the same machine, or with the OPS_TOKEN.');
    }),
    async enter(c, shown) {
      const address = String(peerOf(c));
      if (token === null || visits === null || isForeignPage(c)) return 'stranger';
      if (attempts.isSpent(address)) return 'later';
      if (!isToken(shown, token)) {
        note(address);
        await sleep(slowness);
        return 'stranger';
      }
      visits.begin(c);
      return 'welcome';
    },
    leave: (c) => visits?.end(c),
    isSignedIn: (c) => visits?.isKnown(c) ?? false,
  };
}

function peerOf(c: ServerContext): string | undefined {
  // Without bindings there is no socket, and a call from nowhere is not a local one.
  const bindings: ServerEnv['Bindings'] | undefined = c.env;
  const address = bindings?.incoming ? getConnInfo(c).remote.address : undefined;
  return address === undefined ? undefined : plainAddress(address);
}
