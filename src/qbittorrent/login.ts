import type { Login } from '../../machines/session/machine.ts';
import type { Config } from '../config/index.ts';
import { err } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { failureOfStatus, isPage, noQbittorrent, refusedHost } from './connection.ts';
import type { Connection } from './connection.ts';

type Auth = Config['qbittorrent']['auth'];

/**
 * Logs in and checks the session by reading the WebAPI's version. Success is 200 `Ok.` up to 5.1 and 204 since 5.2;
 * failure is 200 `Fails.` or 401. With an API key or the localhost bypass there is no login request, but the cookie is
 * stored: without it, each request would open a new session.
 */
export async function login(connection: Connection, auth: Auth, signal?: AbortSignal): Promise<Login> {
  const { call, clearCookies, host } = connection;
  clearCookies();
  const problem = auth.kind === 'password' ? await signIn(connection, auth, signal) : null;
  if (problem !== null) return problem;
  const reply = await call('app/webapiVersion', undefined, signal);
  if (!reply.ok) return reply;
  // The password was accepted: the session ended in between, for example by a restart.
  const lost =
    auth.kind === 'password' ? err('protocol', `${host} ended the session immediately`) : refused(auth);
  if (reply.value.status === 401) return refusalOf(lost, connection, reply.value, signal);
  if (reply.value.status === 403 && isPage(reply.value.text))
    return err('misdirected', `something in front of qBittorrent at ${host} refuses (403)`, 'in-front');
  if (reply.value.status === 403) return lost;
  const refusal = failureOfStatus(reply.value, host);
  if (refusal !== null) return refusal;
  const version = reply.value.text.trim();
  return /^\d+(\.\d+)+$/.test(version)
    ? { ok: true, value: { version } }
    : noQbittorrent(host, reply.value.status);
}

async function signIn(
  connection: Connection,
  auth: Extract<Auth, { kind: 'password' }>,
  signal?: AbortSignal,
) {
  const { call, host } = connection;
  const form = { username: auth.username, password: auth.password.reveal() };
  const reply = await call('auth/login', form, signal);
  if (!reply.ok) return reply;
  const { status, text } = reply.value;
  if (status === 403 && isPage(text))
    return err(
      'misdirected',
      `something in front of qBittorrent at ${host} refuses the login (403), or qBittorrent bans this address`,
      'in-front',
    );
  if (status === 403) return err('banned', `qBittorrent at ${host} has banned this address temporarily`);
  if (status === 401) return refusalOf(refused(auth), connection, reply.value, signal);
  return text.trim() === 'Fails.' ? refused(auth) : failureOfStatus(reply.value, host);
}

/**
 * The meaning of a 401 at the login: a wrong password, an expired session or a refused Host header. Only the last also
 * refuses the login page. With a proxy login no further request is sent: if the proxy forwards that login, qBittorrent
 * 5.2 and later reads it and counts it as a wrong password.
 */
async function refusalOf(
  other: Extract<Login, { ok: false }>,
  { getPage, host, hasProxyLogin }: Connection,
  { headers }: Reply,
  signal?: AbortSignal,
): Promise<Extract<Login, { ok: false }>> {
  if (hasProxyLogin) {
    const message = headers.has('www-authenticate')
      ? `the proxy at ${host} refused the user name and password that are set for it`
      : `${host} answered 401: the proxy forwards its own login to qBittorrent (it must remove the Authorization header), or ${other.failure.message}`;
    return { ...err('unauthorized', message, 'proxy-login-refused'), isFinal: true };
  }
  const page = await getPage(signal);
  return page.ok && page.value.status === 401 ? refusedHost(host) : other;
}

function refused({ kind }: Auth) {
  const messages = {
    password: 'qBittorrent refused QBIT_USER and QBIT_PASS',
    apiKey: 'qBittorrent refused QBIT_API_KEY',
    none: 'qBittorrent requires a login: set QBIT_USER and QBIT_PASS, or QBIT_API_KEY, or enable its bypass for localhost',
  };
  return err('unauthorized', messages[kind]);
}
