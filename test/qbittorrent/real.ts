/** Commands to real qBittorrents, and their effects. */
import type { TorrentAction } from '../../machines/remote/types.ts';
import type { QbittorrentClient } from '../../src/qbittorrent/client.ts';
import { until } from '../servers/index.ts';
import type { Qbittorrent } from '../servers/index.ts';
import { clientOf, password, valueOf } from './clients.ts';

/** A function that sends a command twice: the second one must have no further effect. */
export const twice = (client: QbittorrentClient) => async (action: TorrentAction, hash: string) => {
  for (let count = 0; count < 2; count += 1) valueOf(await client.command({ action, hash }));
};

/** A client that is logged in. */
export async function login(qbittorrent: Qbittorrent): Promise<QbittorrentClient> {
  const client = clientOf(qbittorrent, password(qbittorrent.password));
  valueOf(await client.login());
  return client;
}

/** The state of a torrent; `deleted` if there is none. */
export async function stateOf(qbittorrent: Qbittorrent, hash: string): Promise<string> {
  const torrent = await qbittorrent.find(hash);
  return torrent === null ? 'deleted' : String(torrent['state']);
}

/** Waits for a state of a torrent. */
export const untilState = (qbittorrent: Qbittorrent, hash: string, expected: RegExp) =>
  until(`its state is ${expected}`, async () => expected.test(await stateOf(qbittorrent, hash)));

/** All torrents but one, and whether each is stopped. */
export async function others(qbittorrent: Qbittorrent, hash: string): Promise<Map<string, boolean>> {
  const list = await qbittorrent.list();
  const found = list.filter((torrent) => torrent['hash'] !== hash);
  return new Map(
    found.map((torrent) => [String(torrent['hash']), /^(paused|stopped)/.test(String(torrent['state']))]),
  );
}
