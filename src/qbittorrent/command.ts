import type { Result } from '../../machines/domain.ts';
import type { TorrentAction, TorrentCommand } from '../../machines/remote/types.ts';
import { err } from '../http/request.ts';
import { torrentIdOf } from '../util/torrent-id.ts';
import { isUnknownPath, resultOf } from './connection.ts';
import type { Connection } from './connection.ts';
import { createRecheck } from './recheck.ts';

interface Endpoint {
  name: string;
  /** Its name in 4.x, if it differs. 4.x and later versions answer 404 to the names of the other. */
  legacyName?: string;
  form?: Record<string, string>;
}

const ENDPOINTS: Readonly<Record<Exclude<TorrentAction, 'recheck'>, Endpoint>> = {
  pause: { name: 'stop', legacyName: 'pause' },
  resume: { name: 'start', legacyName: 'resume' },
  reannounce: { name: 'reannounce' },
  deleteTorrent: { name: 'delete', form: { deleteFiles: 'false' } },
  deleteFiles: { name: 'delete', form: { deleteFiles: 'true' } },
};

/**
 * Creates the function that changes one torrent. Needs a session, and fails as polls do. A hash that is not one is a
 * failure without a request: to qBittorrent, `all` means all torrents.
 *
 * Repeating a command has no further effect: qBittorrent answers 200 also if the torrent is already paused or resumed, or
 * does not exist, and it announces only as often as the tracker allows (measured on 4.5.2, 5.1.0 and 5.3.0). Only a
 * second check has to be prevented, see `createRecheck`.
 */
export function createCommand(connection: Connection) {
  const { call, host } = connection;
  const recheck = createRecheck(connection);
  /** Whether the names of 4.x were the right ones last. */
  let isLegacy = false;

  return async ({ action, hash }: TorrentCommand, signal?: AbortSignal): Promise<Result<null>> => {
    const id = torrentIdOf(hash);
    if (id === null) return err('bug', 'a command without a valid hash was not sent to qBittorrent');
    if (action === 'recheck') return recheck(id, signal);
    const { name, legacyName = name, form } = ENDPOINTS[action];
    const post = (path: string) => call(`torrents/${path}`, { hashes: id, ...form }, signal);
    const [first, second] = isLegacy ? [legacyName, name] : [name, legacyName];
    const reply = await post(first);
    if (first === second || !isUnknownPath(reply)) return resultOf(reply, host);
    const result = resultOf(await post(second), host);
    if (result.ok) isLegacy = second === legacyName;
    return result;
  };
}
