import { randomBytes } from 'node:crypto';
import { serialize } from 'hono/utils/cookie';
import { createBoundedMap } from '../util/bounded-map.ts';
import type { Secret } from '../util/secret.ts';
import { digest, hostHeader, isHttps } from './access.ts';
import type { ServerContext } from './base.ts';

/** Tells ours apart from the cookies of qBittorrent, and of other programs on the same host. */
const COOKIE = 'qbit_ntfy_ops';

/** Seconds. */
const MAX_AGE = 30 * 24 * 3600;

/** Browsers that are let in at once; the one that came first has to show the token again. */
const MAX_SESSIONS = 100;

/** Browsers that have shown the token, and show a cookie since. */
export interface Sessions {
  isKnown(c: ServerContext): boolean;
  begin(c: ServerContext): void;
  end(c: ServerContext): void;
}

/**
 * The cookie is a random number and not the token: whoever reads it (each program on another port of this host gets
 * it) can look until it is signed out, the process ends, or the token is another one, and learns nothing that opens more.
 */
export function createSessions(token: Secret, now: () => number = () => performance.now()): Sessions {
  const visits = createBoundedMap<string, { since: number; token: string }>(MAX_SESSIONS);

  function isCurrent(id: string): boolean {
    const visit = visits.get(id);
    if (visit === undefined || now() - visit.since > MAX_AGE * 1000) return false;
    return visit.token === nameOfToken(token);
  }

  return {
    isKnown: (c) => cookiesOf(c).some(isCurrent),
    begin(c) {
      const id = randomBytes(32).toString('base64url');
      visits.set(id, { since: now(), token: nameOfToken(token) });
      send(c, id, MAX_AGE);
    },
    end(c) {
      for (const id of cookiesOf(c)) visits.delete(id);
      send(c, '', 0);
    },
  };
}

/** Without a path: a browser then takes the folder that it sees, so below a proxy's path it is sent to nobody else. */
function send(c: ServerContext, value: string, maxAge: number): void {
  const options = { httpOnly: true, secure: isHttps(c), sameSite: 'Strict', maxAge } as const;
  c.header('Set-Cookie', serialize(nameOf(c), value, options), { append: true });
}

/** All ports of a host share its cookies: of two sidecars that are forwarded to two ports each has its own. */
function nameOf(c: ServerContext): string {
  const [, port] = /:(\d{1,5})$/.exec(hostHeader(c)) ?? [];
  return port === undefined ? COOKIE : `${COOKIE}_${port}`;
}

/** Two sidecars below two paths may both have set one. */
function cookiesOf(c: ServerContext): string[] {
  const start = `${nameOf(c)}=`;
  const cookies = (c.req.header('cookie') ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.filter((cookie) => cookie.startsWith(start)).map((cookie) => cookie.slice(start.length));
}

const nameOfToken = (token: Secret): string => digest(token.reveal()).toString('base64');
