/** Access control. Without credentials in the options anyone may publish and read. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Env } from '../request.ts';
import { refuse } from './errors.ts';
import { createBucket } from './limiter.ts';

export interface Credentials {
  /** An access token. With it, or with `users`, anonymous access is forbidden (403). */
  token?: string | undefined;
  /** Passwords by user name. */
  users?: Record<string, string> | undefined;
  /** The topics that they may use; default: all. */
  topics?: string[] | undefined;
}

/** 30 failures at once, then one a minute. */
const FAILURES = 30;
const FAILURE_MS = 60_000;

/** The user of the credentials; `null` if they are wrong. */
function find(scheme: string, value: string, { token, users = {} }: Credentials): string | null {
  const holder = (given: string) => (token !== undefined && given === token ? 'token' : null);
  if (scheme === 'bearer') return holder(value);
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString().split(':');
  const password = rest.join(':');
  if (user === '') return holder(password);
  return Object.hasOwn(users, user) && users[user] === password ? user : null;
}

/** The Authorization header, or `?auth=`; schemes that ntfy does not know are ignored. */
function credentialsOf(c: Context<Env>): [scheme: string, value: string] | null {
  const { headers, query } = c.var.call;
  const text = headers.authorization ?? Buffer.from(query.auth ?? '', 'base64url').toString();
  const [, scheme = '', value = ''] = /^(bearer|basic) (.*)$/i.exec(text) ?? [];
  return scheme === '' ? null : [scheme.toLowerCase(), value];
}

/** Answers 401 to wrong credentials on any path; missing credentials are allowed here. */
export function identify(credentials: Credentials, now: () => number): MiddlewareHandler<Env> {
  const failures = createBucket(FAILURES, FAILURE_MS, now);
  const open = credentials.token === undefined && credentials.users === undefined;
  return async (c, next) => {
    const given = credentialsOf(c);
    if (open || given === null) return next();
    if (failures.isEmpty()) return refuse({ code: 42909 });
    const user = find(...given, credentials);
    if (user === null) {
      failures.take();
      return refuse({ code: 40101 });
    }
    c.set('principal', user);
    return next();
  };
}

/** Whether a user (`null`: anonymous) may use a topic. */
export function mayUse(principal: string | null, topic: string, credentials: Credentials): boolean {
  if (credentials.token === undefined && credentials.users === undefined) return true;
  return principal !== null && (credentials.topics?.includes(topic) ?? true);
}
