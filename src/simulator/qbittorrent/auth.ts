/** `auth/*`: login, logout, and the ban. */
import { Hono } from 'hono';
import type { Env } from '../wire.ts';
import { addressOf, openSession } from './guard.ts';
import type { Access } from './guard.ts';

const BANNED = 'Your IP address has been banned after too many failed authentication attempts.';

export function authRoutes(access: Access): Hono<Env> {
  const { generation, sessions, bans } = access;
  const modern = generation.modernAnswers;
  return new Hono<Env>()
    .post('/login', (c) => {
      const ok = () => (modern ? c.body(null, 204) : c.text('Ok.'));
      // A session that lives is enough: the password isn't even read.
      if (c.var.principal !== null) return ok();
      const address = addressOf(c);
      if (bans.isBanned(address)) return c.text(BANNED, 403);
      const { username, password } = c.var.call.form;
      if (username !== access.username || password !== access.password) {
        bans.fail(address);
        return modern ? c.text('Unauthorized', 401) : c.text('Fails.');
      }
      bans.forgive(address);
      openSession(c, access);
      access.logins += 1;
      return ok();
    })
    .post('/logout', (c) => {
      if (c.var.principal !== null) sessions.close(c.var.principal);
      return modern ? c.body(null, 204) : c.text('');
    });
}
