/** Who may call: Host, Origin, session, API key, bypass. In the order of the real one. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from '../wire.ts';
import type { Generation } from './generations.ts';
import type { Bans, Sessions } from './sessions.ts';

export interface Access {
  generation: Generation;
  username: string;
  password: string;
  apiKey: string | null;
  bypass: boolean;
  sessions: Sessions;
  bans: Bans;
  /** Known only once the server listens. */
  port: () => number;
  /** How many logins opened a session. */
  logins: number;
}

/** The principal of a call with the API key: it belongs to no session. */
export const KEY_HOLDER = 'api-key';

export const addressOf = (c: Context<Env>): string => c.env.incoming.socket.remoteAddress ?? '';

function hostOf(url: string): string | null {
  try {
    return new URL(url).host;
  } catch {
    return null;
  }
}

/** Host names another port, or a page of another origin asks: 401, whatever the credentials. */
function isMisdirected(headers: Record<string, string>, port: number): boolean {
  const host = headers.host ?? '';
  const [, hostPort] = /:(\d+)$/.exec(host) ?? [];
  if (hostPort !== undefined && Number(hostPort) !== port) return true;
  const source = headers.origin ?? headers.referer;
  return source !== undefined && hostOf(source) !== host;
}

/** A new session and the cookie that carries it. */
export function openSession(c: Context<Env>, access: Access): string {
  const id = access.sessions.open();
  const name = access.generation.cookieName(access.port());
  c.header('Set-Cookie', `${name}=${id}; HttpOnly; SameSite=Strict; path=/`, { append: true });
  return id;
}

function cookie(c: Context<Env>, name: string): string | null {
  for (const pair of (c.var.call.headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}

function findPrincipal(c: Context<Env>, access: Access): string | null {
  const id = cookie(c, access.generation.cookieName(access.port()));
  if (id !== null && access.sessions.use(id)) return id;
  return access.bypass ? openSession(c, access) : null;
}

/** Lets in who may, and answers 401 and 403 to the others. Login is open to all. */
export function guard(access: Access): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { headers, path } = c.var.call;
    if (isMisdirected(headers, access.port())) return c.text('Unauthorized', 401);
    const api = path.startsWith('/api/v2/');
    const auth = path.startsWith('/api/v2/auth/');
    const [, key] = /^Bearer (.*)$/.exec(headers.authorization ?? '') ?? [];
    if (access.generation.apiKeys && key !== undefined) {
      if (!api) return c.text('Not Found', 404);
      if (key !== access.apiKey || auth) return c.text('Forbidden', 403);
      c.set('principal', KEY_HOLDER);
      return next();
    }
    c.set('principal', findPrincipal(c, access));
    if (api && c.var.principal === null && path !== '/api/v2/auth/login') return c.text('Forbidden', 403);
    return next();
  };
}
