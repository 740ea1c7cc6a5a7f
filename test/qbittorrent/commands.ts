/** Commands for torrents, and how simulated qBittorrents receive them. */
import type { TestContext } from 'node:test';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import type { TorrentAction } from '../../machines/remote/types.ts';
import type { QbittorrentSimulator, TorrentSpec } from '../../src/simulator/index.ts';

export const ACTIONS = [
  'pause',
  'resume',
  'reannounce',
  'recheck',
  'deleteTorrent',
  'deleteFiles',
] as const satisfies readonly TorrentAction[];

/** A torrent whose state does not change by itself. */
export const STALLED: TorrentSpec = { script: [{ phase: 'stalled' }] };

/** Lets time pass for all clients, which then know that no earlier process has requested a check. */
export function passTime(t: TestContext): void {
  const now = performance.now.bind(performance);
  t.mock.method(performance, 'now', () => now() + DEFAULT_COMPLETION.settlesIn);
}

/** The requests that change torrents: the name of the endpoint, and the form. */
export const commandsTo = ({ requests }: QbittorrentSimulator) =>
  requests.flatMap(({ path, form }) =>
    /\/(pause|resume|stop|start|reannounce|recheck|delete)$/.test(path)
      ? [[path.replace('/api/v2/torrents/', ''), form]]
      : [],
  );
