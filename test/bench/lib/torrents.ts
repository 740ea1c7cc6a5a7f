/** Many torrents for a real qBittorrent, with metadata and without a source. */
import { createContent } from '../../servers/content.ts';
import type { Qbittorrent } from '../../servers/index.ts';
import { createTorrentFile } from '../../servers/torrent-file.ts';
import { until } from '../../servers/wait.ts';

const BYTES = 1_000_000;
const A_CALL = 50;

/** Adds them, and resolves with their hashes when all of them are stalled: without a source they stay stalled. */
export async function addTorrents(qbittorrent: Qbittorrent, count: number): Promise<string[]> {
  const torrents = Array.from({ length: count }, (_, n) => {
    const name = `A torrent with a name of common length, ${n}.iso`;
    return createTorrentFile({ name, content: createContent(name, BYTES), webSeed: '' });
  });
  for (let from = 0; from < count; from += A_CALL) {
    const form = new FormData();
    // qBittorrent accepts only one of several files with the same name.
    for (const { file, hash } of torrents.slice(from, from + A_CALL))
      form.append('torrents', new Blob([Uint8Array.from(file)]), `${hash}.torrent`);
    const answer = await qbittorrent.api('torrents/add', form);
    if (!answer.ok) throw new Error(`torrents/add was refused: ${answer.status}`);
    await answer.body?.cancel();
  }
  await untilAll(qbittorrent, count, 'stalledDL');
  return torrents.map(({ hash }) => hash);
}

/** Forces all of them, or ends that: for qBittorrent `forcedDL` is a download, whether or not data arrives. */
export async function force(qbittorrent: Qbittorrent, count: number, value: boolean): Promise<void> {
  const answer = await qbittorrent.api('torrents/setForceStart', { hashes: 'all', value: String(value) });
  if (!answer.ok) throw new Error(`torrents/setForceStart was refused: ${answer.status}`);
  await answer.body?.cancel();
  await untilAll(qbittorrent, count, value ? 'forcedDL' : 'stalledDL');
}

async function untilAll(qbittorrent: Qbittorrent, count: number, wanted: string): Promise<void> {
  await until(
    `${count} are ${wanted}`,
    async () => {
      const list = await qbittorrent.list();
      return list.length === count && list.every(({ state }) => state === wanted);
    },
    { deadline: 120_000, every: 500 },
  );
}
