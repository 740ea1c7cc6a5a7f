import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from 'xstate';
import type { Policy } from '../../machines/policy.ts';
import { selectSummaries } from '../../machines/summary/selectors.ts';
import { selectTrackedCount } from '../../machines/supervisor/selectors.ts';
import type { Sidecar } from '../app/start.ts';
import type { QbittorrentSimulator } from '../simulator/index.ts';

export interface DemoServers {
  simulator: QbittorrentSimulator;
  sidecar: Sidecar;
}

/** Milliseconds; shorter than the defaults, so that the demo takes a minute. */
export const DEMO_POLICY = {
  gatherTime: 300,
  settleTime: 1500,
  stallTime: 3000,
  idleInterval: 1000,
} satisfies Partial<Policy>;

/** Episodes of the season. */
const EPISODES = 12;

/**
 * Runs four simulated downloads: two that complete, one that stalls before it completes, and one that is removed; then a
 * season, whose episodes share one notification while they download, and another one when they are complete. Resolves when
 * all have ended. Rejects when the signal is aborted.
 */
export async function runScenario({ simulator, sidecar }: DemoServers, signal: AbortSignal): Promise<void> {
  const MB = 1_000_000;
  const pause = (ms: number) => sleep(ms, undefined, { signal });
  simulator.addTorrent({ name: 'debian-13.2.0-amd64-netinst.iso', size: 700 * MB, rate: 50 * MB });
  await pause(1500);
  simulator.addTorrent({
    name: 'Big Buck Bunny (2008) 4K',
    size: 1_300 * MB,
    rate: 60 * MB,
    script: [
      { phase: 'metadata', seconds: 2 },
      { phase: 'downloading', to: 0.4, rate: 60 * MB },
      { phase: 'stalled', seconds: 7 },
      { phase: 'downloading', to: 1, rate: 70 * MB },
      { phase: 'moving', seconds: 2 },
      { phase: 'complete' },
    ],
  });
  await pause(1500);
  simulator.addTorrent({ name: 'Changed my mind.mkv', size: 2_000 * MB, rate: 90 * MB, scenario: 'removed' });
  await pause(1500);
  simulator.addTorrent({ name: 'Sintel 🐉 "director\'s cut"', size: 900 * MB, rate: 40 * MB });
  await pause(6000);
  simulator.expireSessions();
  await pause(9000);
  for (let n = 1; n <= EPISODES; n += 1) {
    const name = `Pioneer One S01E${String(n).padStart(2, '0')}.mkv`;
    simulator.addTorrent({ name, size: 500 * MB, rate: 30 * MB });
  }
  await waitFor(sidecar.supervisor, (snapshot) => selectTrackedCount(snapshot) === 0, { signal });
  // Its notification of all downloads is deleted a moment later.
  const { summary } = sidecar.supervisor.getSnapshot().children;
  if (summary !== undefined)
    await waitFor(summary, (snapshot) => selectSummaries(snapshot).length === 0, { signal });
}

/** Milliseconds between two repetitions. */
const REPEAT_DELAY = 5000;

/**
 * Repeats the four downloads. Rejects when the signal is aborted.
 *
 * @param onEnd called after each repetition
 */
export async function repeatScenario(
  servers: DemoServers,
  signal: AbortSignal,
  onEnd = () => {},
): Promise<void> {
  for (;;) {
    await runScenario(servers, signal);
    onEnd();
    await sleep(REPEAT_DELAY, undefined, { signal });
    for (const { hash } of servers.simulator.torrents()) servers.simulator.removeTorrent(String(hash));
  }
}
