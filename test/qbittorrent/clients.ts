/** Clients of simulated qBittorrents, and their requests. */
import assert from 'node:assert/strict';
import type { Failure, Result } from '../../machines/domain.ts';
import type { Config } from '../../src/config/index.ts';
import { createQbittorrentClient } from '../../src/qbittorrent/client.ts';
import type { QbittorrentClient } from '../../src/qbittorrent/client.ts';
import { secret } from '../../src/util/secret.ts';
import type { LoggedRequest, QbittorrentSimulator } from '../../src/simulator/index.ts';

type Auth = Config['qbittorrent']['auth'];

export const GENERATIONS = ['legacy', '5.1', 'current'] as const;

export const none: Auth = { kind: 'none' };
export const apiKey = (key: string): Auth => ({ kind: 'apiKey', key: secret(key) });
export const password = (password: string, username = 'admin'): Auth => ({
  kind: 'password',
  username,
  password: secret(password),
});

/** A client with the simulator's own user and password, unless `auth` is given. */
export function clientOf(
  { url }: Pick<QbittorrentSimulator, 'url'>,
  auth: Auth = password('adminadmin'),
): QbittorrentClient {
  return createQbittorrentClient({ url, auth });
}

/** A client that has logged in. */
export async function signedIn(qbittorrent: QbittorrentSimulator, auth?: Auth): Promise<QbittorrentClient> {
  const client = clientOf(qbittorrent, auth);
  assert.ok((await client.login()).ok);
  return client;
}

/** The failure of a call; fails the test when there is none. */
export function failureOf(result: Result<unknown>): Failure {
  assert.ok(!result.ok, 'the call should have failed');
  return result.failure;
}

/** The value of a call; fails the test when there is none. */
export function valueOf<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `the call failed: ${result.failure.message}`);
  return result.value;
}

/** The requests whose path ends with this. */
export const requestsTo = ({ requests }: QbittorrentSimulator, path: string): LoggedRequest[] =>
  requests.filter((request) => request.path.endsWith(path));
