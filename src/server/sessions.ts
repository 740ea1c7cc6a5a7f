import { randomBytes } from 'node:crypto';
import { serialize } from 'hono/utils/cookie';
import { createBoundedMap } from '../util/bounded-map.ts';
import type { Secret } from '../util/secret.ts';
import { digest, hostHeader, isHttps } from './access.ts';
import type { ServerContext } from './base.ts';

/** Differs from the cookies of qBittorrent and of other programs on the same host. */
const COOKIE = 'qbit_ntfy_ops';

/** Seconds. */
const MAX_AGE = 30 * 24 * 3600;

/** Sessions at the same time; beyond, the oldest one ends. */
const MAX_SESSIONS = 100;

/** Browsers that signed in with the token and are identified by a cookie. */
export interface Sessions {
  /** Whether the request has the cookie of a session. */
  has(c: ServerContext): boolean;
  begin(c: ServerContext): void;
  end(c: ServerContext): void;
}

/**
 * The cookie is a random number, not the token: browsers send cookies to every port of a host, so other programs there
 * receive it. It gives access until it is signed out, the process ends or the token changes, and does not reveal the token.
 */
export function createSessions(token: Secret, now: () => number = () => performance.now()): Sessions {
  const sessions = createBoundedMap<string, { since: number; token: string }>(MAX_SESSIONS);

  function isCurrent(id: string): boolean {
    const session = sessions.get(id);
    if (session === undefined || now() - session.since > MAX_AGE * 1000) return false;
    return session.token === digestOf(token);
  }

  return {
    has: (c) => cookiesOf(c).some(isCurrent),
    begin(c) {
      const id = randomBytes(32).toString('base64url');
      sessions.set(id, { since: now(), token: digestOf(token) });
      setCookie(c, id, MAX_AGE);
    },
    end(c) {
      for (const id of cookiesOf(c)) sessions.delete(id);
      setCookie(c, '', 0);
    },
  };
}

/** Without a path, the browser uses the folder of the page, so that below a proxy's path no other page receives it. */
function setCookie(c: ServerContext, value: string, maxAge: number): void {
  const options = { httpOnly: true, secure: isHttps(c), sameSite: 'Strict', maxAge } as const;
  c.header('Set-Cookie', serialize(cookieName(c), value, options), { append: true });
}

/** All ports of a host share its cookies: two sidecars that are forwarded to two ports need two names. */
function cookieName(c: ServerContext): string {
  const [, port] = /:(\d{1,5})$/.exec(hostHeader(c)) ?? [];
  return port === undefined ? COOKIE : `${COOKIE}_${port}`;
}

/** There can be several: two sidecars below two paths of one host may both have set one. */
function cookiesOf(c: ServerContext): string[] {
  const start = `${cookieName(c)}=`;
  const cookies = (c.req.header('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.filter((cookie) => cookie.startsWith(start)).map((cookie) => cookie.slice(start.length));
}

const digestOf = (token: Secret): string => digest(token.reveal()).toString('base64');
