/** The simulated qBittorrent in a separate process: its cost is not measured. */
import { startQbittorrentSimulator } from '../../../src/simulator/index.ts';
import type { Step } from '../../../src/simulator/index.ts';
import { callHook } from './hook-call.ts';

/** The requests to it. */
export type Order =
  | { do: 'add'; hashes: string[]; script: Step[] }
  /** As qBittorrent's hook: each added torrent is one call. */
  | { do: 'hook'; port: number }
  /** Removes all of them. */
  | { do: 'clear' }
  | { do: 'count' };

export interface Counts {
  requests: number;
  logins: number;
  /** Hook calls that have ended, whatever their results. */
  called: number;
}

/** Simultaneous curls: each takes the real one some milliseconds to start. */
const AT_ONCE = 200;
const waiting: string[] = [];
let open = 0;
let called = 0;
let port = 0;

async function hook(hash: string): Promise<void> {
  if (port === 0) return;
  waiting.push(hash);
  if (open >= AT_ONCE) return;
  open += 1;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    await callHook(port, next);
    called += 1;
  }
  open -= 1;
}

const qbittorrent = await startQbittorrentSimulator({ hook });

process.on('message', (order: Order) => {
  if (order.do === 'hook') port = order.port;
  if (order.do === 'add') {
    for (const hash of order.hashes) {
      qbittorrent.addTorrent({ hash, name: `Torrent ${hash.slice(0, 12)}`, script: order.script });
    }
  }
  if (order.do === 'clear') {
    for (const { hash } of qbittorrent.torrents()) qbittorrent.removeTorrent(String(hash));
  }
  const counts: Counts = { requests: qbittorrent.requests.length, logins: qbittorrent.logins, called };
  process.send?.(counts);
});
process.on('disconnect', () => process.exit());
process.send?.(qbittorrent.url);
