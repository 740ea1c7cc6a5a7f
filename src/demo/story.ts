import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from 'xstate';
import type { Sidecar } from '../main.ts';
import type { QbittorrentSimulator } from '../simulator/index.ts';

interface Stage {
  simulator: QbittorrentSimulator;
  sidecar: Sidecar;
}

/** Four downloads of different fates; ends when the last of them has been told. */
export async function play({ simulator, sidecar }: Stage): Promise<void> {
  const MB = 1_000_000;
  simulator.addTorrent({ name: 'debian-13.2.0-amd64-netinst.iso', size: 700 * MB, rate: 50 * MB });
  await sleep(1500);
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
  await sleep(1500);
  simulator.addTorrent({ name: 'Changed my mind.mkv', size: 2_000 * MB, rate: 90 * MB, fate: 'removed' });
  await sleep(1500);
  simulator.addTorrent({ name: 'Sintel 🐉 "director\'s cut"', size: 900 * MB, rate: 40 * MB });
  await sleep(6000);
  simulator.expireSessions();
  await waitFor(sidecar.supervisor, ({ context }) => context.registry.records.size === 0);
}
