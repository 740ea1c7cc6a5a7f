import { realTest } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { runChaosTest } from './test-run.ts';

/** The total of all generations. */
const KILLS = Number(process.env['CHAOS_KILLS'] ?? 120);
const SHARES: Array<[QbittorrentGeneration, number]> = [
  ['5.1', 0.5],
  ['legacy', 0.25],
  ['current', 0.25],
];

for (const [generation, share] of SHARES) {
  const kills = Math.ceil(KILLS * share);
  realTest(
    `${kills} kills, lost sessions, lost answers and restarts on qBittorrent ${generation}: each download makes one sound`,
    { needs: [`qbittorrent ${generation}`, 'ntfy current', 'curl'], timeout: 600_000 + kills * 20_000 },
    (t) => runChaosTest(t, { generation, kills }),
  );
}
