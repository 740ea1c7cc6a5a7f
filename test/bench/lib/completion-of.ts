import { phaseOf } from '../../../src/qbittorrent/phase.ts';
import type { Qbittorrent } from '../../servers/index.ts';
import { sleep } from '../../servers/wait.ts';

/**
 * When qBittorrent itself reported the completion of a torrent, polled every 20 ms, as `performance.now()`. Of the two
 * polls around it the earlier one counts, so that a delay is never underestimated.
 */
export async function completionOf(qbittorrent: Qbittorrent, hash: string): Promise<number> {
  for (let last = performance.now(); ; await sleep(20)) {
    const requestedAt = performance.now();
    const found = await qbittorrent.find(hash);
    if (phaseOf(String(found?.['state']), Number(found?.['size'])) === 'complete') return last;
    last = requestedAt;
  }
}
