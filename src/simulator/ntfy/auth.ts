/** Who may publish and read. Without credentials in the options everything is open to everyone. */
import type { MiddlewareHandler } from 'hono';
import type { Env } from '../wire.ts';
import { refuse } from './errors.ts';
import { createBucket } from './limiter.ts';

export interface Credentials {
  token?: string | undefined;
  /** Passwords by user name. */
  users?: Record<string, string> | undefined;
}

/** The principal of somebody who may do everything. */
const KNOWN = 'known';

/** 30 failures at once, then one a minute. */
const FAILURES = 30;
const FAILURE_MS = 60_000;

function isRight(authorization: string, { token, users = {} }: Credentials): boolean {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return token !== undefined && value === token;
  if (scheme.toLowerCase() !== 'basic') return false;
  const [user = '', ...rest] = Buffer.from(value, 'base64').toString().split(':');
  const password = rest.join(':');
  if (user === '') return token !== undefined && password === token;
  return Object.hasOwn(users, user) && users[user] === password;
}

/** 401 for wrong credentials, whatever was asked for; no credentials are no error here. */
export function identify(credentials: Credentials, now: () => number): MiddlewareHandler<Env> {
  const failures = createBucket(FAILURES, FAILURE_MS, now);
  const open = credentials.token === undefined && credentials.users === undefined;
  return async (c, next) => {
    const { authorization } = c.var.call.headers;
    if (open) c.set('principal', KNOWN);
    if (open || authorization === undefined) return next();
    if (failures.isEmpty()) return refuse(42909);
    if (!isRight(authorization, credentials)) {
      failures.take();
      return refuse(40101);
    }
    c.set('principal', KNOWN);
    return next();
  };
}
