import { createHash, randomBytes } from 'node:crypto';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { createBoundedMap } from '../bounded-map.ts';
import type { Secret } from '../secret.ts';
import type { ServerContext } from './base.ts';

/** Ports share a host's cookies: the name tells ours apart from qBittorrent's. */
const COOKIE = 'qbit_ntfy_ops';

/** Seconds. */
const MAX_AGE = 30 * 24 * 3600;

/** Browsers that are let in at once; the one that came first has to show the token again. */
const MOST = 100;

/** Browsers that have shown the token, and show a cookie since. */
export interface Visits {
  isKnown(c: ServerContext): boolean;
  begin(c: ServerContext): void;
  end(c: ServerContext): void;
}

/**
 * The cookie is a random number and not the token: whoever reads it (each program on another port of this host gets
 * it) can look until it is signed out, the process ends, or the token is another one, and learns nothing that opens more.
 */
export function createVisits(token: Secret, now: () => number = () => performance.now()): Visits {
  const visits = createBoundedMap<string, { since: number; token: string }>(MOST);
  return {
    isKnown(c) {
      const visit = visits.get(getCookie(c, COOKIE) ?? '');
      if (visit === undefined || now() - visit.since > MAX_AGE * 1000) return false;
      return visit.token === digest(token);
    },
    begin(c) {
      const id = randomBytes(32).toString('base64url');
      visits.set(id, { since: now(), token: digest(token) });
      setCookie(c, COOKIE, id, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: MAX_AGE });
    },
    end(c) {
      visits.delete(getCookie(c, COOKIE) ?? '');
      deleteCookie(c, COOKIE, { path: '/', httpOnly: true, sameSite: 'Strict' });
    },
  };
}

const digest = (token: Secret): string => createHash('sha256').update(token.reveal()).digest('base64');
