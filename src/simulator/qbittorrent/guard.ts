/** Access control: Host, Origin, session, API key, bypass, in the order of the real server. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from '../request.ts';
import { refuse, refuseForm } from './dispatch.ts';
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
  now: () => number;
  /** The configured port, known once the server listens; part of the cookie's name. */
  port: () => number;
  /** How many logins opened a session. */
  logins: number;
}

/** The principal of a call with the API key, which has no session. */
export const KEY_HOLDER = 'api-key';

export const BANNED = 'Your IP address has been banned after too many failed authentication attempts.';

export const addressOf = (c: Context<Env>): string => c.env.incoming.socket.remoteAddress ?? '';

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}

/** The Host header has another port than the server. */
function isWrongPort({ host = '' }: Record<string, string>, port: number): boolean {
  const [, hostPort] = /:(\d+)$/.exec(host) ?? [];
  return hostPort !== undefined && Number(hostPort) !== port;
}

/** The request comes from a page of another site, by Origin or else Referer. */
function isCrossSite(headers: Record<string, string>, generation: Generation): boolean {
  const site = headers['sec-fetch-site'];
  if (generation.fetchMetadata && (site === 'cross-site' || site === 'same-site')) return true;
  const source = headers.origin ?? headers.referer;
  return source !== undefined && hostOf(source) !== headers.host;
}

/** Counts wrong passwords; the sixth attempt is refused even with the right one. */
export function checkPassword(
  access: Access,
  address: string,
  username: string,
  password: string,
): 'right' | 'wrong' | 'banned' {
  if (access.bans.isBanned(address)) return 'banned';
  if (username === access.username && password === access.password) {
    access.bans.forgive(address);
    return 'right';
  }
  access.bans.fail(address);
  return 'wrong';
}

function setCookie(c: Context<Env>, { generation, sessions, port, now }: Access, id: string): void {
  const seconds = sessions.timeout || 31_536_000;
  const expires = new Date(now() + seconds * 1000).toUTCString().replace(/ (\w+) (\d{4})/, '-$1-$2');
  const attributes = generation.cookieAttributes.replace('<date>', expires);
  c.set('cookie', `${generation.cookieName(port())}=${id}; ${attributes}`);
}

/** Opens a session and sets its cookie. */
export function startSession(c: Context<Env>, access: Access): string {
  const id = access.sessions.open();
  setCookie(c, access, id);
  return id;
}

export function endSession(c: Context<Env>, access: Access): void {
  if (c.var.principal !== null) access.sessions.close(c.var.principal);
  const name = access.generation.cookieName(access.port());
  c.set('cookie', `${name}=; expires=${new Date(0).toUTCString()}; path=/`);
}

function readCookie({ cookie = '' }: Record<string, string>, name: string): string | null {
  for (const pair of cookie.split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=').replace(/^"(.*)"$/, '$1');
  }
  return null;
}

/** The session of a call, or a new one if it needs no login. `Response`: refused. */
function findSession(c: Context<Env>, access: Access): string | null | Response {
  const { headers } = c.var.call;
  const id = readCookie(headers, access.generation.cookieName(access.port()));
  if (id !== null && access.sessions.use(id)) {
    if (access.generation.renewsCookie && access.sessions.isDue(id)) setCookie(c, access, id);
    return id;
  }
  if (access.bypass) return startSession(c, access);
  const [, basic] = /^basic (.*)$/i.exec(headers.authorization ?? '') ?? [];
  if (!access.generation.apiKeys || basic === undefined) return null;
  const [user = '', ...password] = Buffer.from(basic, 'base64').toString().split(':');
  const result = checkPassword(access, addressOf(c), user, password.join(':'));
  if (result === 'banned') return refuse(403, BANNED);
  return result === 'right' ? startSession(c, access) : refuse(401);
}

/** Adds the cookie that the guard or an endpoint has set. */
export const cookies: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.var.cookie !== null) c.res.headers.append('Set-Cookie', c.var.cookie);
};

/** Allows authenticated calls and the login; answers 401 or 403 to others. */
export function guard(access: Access): MiddlewareHandler<Env> {
  const { generation } = access;
  return async (c, next) => {
    const { headers, path } = c.var.call;
    const malformed = refuseForm(c, generation);
    if (malformed) return malformed;
    const api = path.startsWith('/api/v2/');
    const [, key] = (generation.apiKeys && /^bearer (.*)$/i.exec(headers.authorization ?? '')) || [];
    const checked = key === undefined && (api || !generation.fetchMetadata);
    if ((checked && isCrossSite(headers, generation)) || isWrongPort(headers, access.port())) {
      return refuse(401);
    }
    if (key !== undefined) {
      if (!api) return refuse(404);
      if (key !== access.apiKey || path.startsWith('/api/v2/auth/')) return refuse(403);
      c.set('principal', KEY_HOLDER);
      return next();
    }
    const session = findSession(c, access);
    if (session instanceof Response) return session;
    c.set('principal', session);
    return api && session === null && path !== '/api/v2/auth/login' ? refuse(403) : next();
  };
}
