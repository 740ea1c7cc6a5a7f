import type { Login } from '../../machines/session.ts';
import type { Config } from '../config/index.ts';
import { failed } from '../http.ts';
import { judge, noQbittorrent, refusedHost } from './connection.ts';
import type { Connection } from './connection.ts';

type Auth = Config['qbittorrent']['auth'];

/**
 * Signs in as the version wants it, and proves the session by reading the WebAPI's version. Good is 200 `Ok.` up to
 * 5.1 and 204 since 5.2; bad is 200 `Fails.` and 401. With a key, or with the localhost bypass, there is nothing to
 * sign in to, but the cookie that comes is kept all the same: without it each request would open a session.
 */
export async function login(connection: Connection, auth: Auth, signal?: AbortSignal): Promise<Login> {
  const { call, forget, host } = connection;
  forget();
  const problem = auth.kind === 'password' ? await signIn(connection, auth, signal) : null;
  if (problem !== null) return problem;
  const reply = await call('app/webapiVersion', undefined, signal);
  if (!reply.ok) return reply;
  if (reply.value.status === 403) {
    // The password was taken: the session ended in between, as by a restart.
    return auth.kind === 'password'
      ? failed('protocol', `${host} forgot the session at once`)
      : refused(auth);
  }
  const judged = judge(reply.value, host);
  if (judged !== null) return judged;
  const version = reply.value.text.trim();
  return /^\d+(\.\d+)+$/.test(version)
    ? { ok: true, value: { version } }
    : noQbittorrent(host, reply.value.status);
}

async function signIn(
  { call, host }: Connection,
  auth: Extract<Auth, { kind: 'password' }>,
  signal?: AbortSignal,
) {
  const form = { username: auth.username, password: auth.password.reveal() };
  const reply = await call('auth/login', form, signal);
  if (!reply.ok) return reply;
  const { status, text } = reply.value;
  if (status === 403) return failed('banned', `qBittorrent at ${host} bans this address for a time`);
  if (status === 401) {
    // Both a password and a Host header are refused by 401: a request that carries neither tells them apart.
    const probe = await call('app/version', undefined, signal);
    return probe.ok && probe.value.status === 401 ? refusedHost(host) : refused(auth);
  }
  return text.trim() === 'Fails.' ? refused(auth) : judge(reply.value, host);
}

function refused({ kind }: Auth) {
  const messages = {
    password: 'qBittorrent refused QBIT_USER and QBIT_PASS',
    apiKey: 'qBittorrent refused QBIT_API_KEY',
    none: 'qBittorrent wants a login: set QBIT_USER and QBIT_PASS, or QBIT_API_KEY, or let it bypass the login for localhost',
  };
  return failed('unauthorized', messages[kind]);
}
