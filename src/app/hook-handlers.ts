import type { Hash } from '../../machines/domain.ts';
import type { HookName, Metrics } from '../metrics/index.ts';
import type { HookDeps } from '../server/index.ts';
import { selectIsFull, selectIsTracked } from '../../machines/supervisor/selectors.ts';
import type { Supervisor } from './status.ts';

interface HookHandlerDeps {
  supervisor: Supervisor;
  metrics: Metrics;
}

/** The torrent is not tracked now; a scan finds it when there is room. */
const CAPACITY_EXCEEDED = { type: 'capacity.exceeded', leftOut: 1 } as const;

/**
 * Milliseconds from a refused call of an address that is locked out until a scan for its torrent. Further refused calls
 * in this time cause no further scan.
 */
const SCAN_DELAY = 10_000;

/** Handles the calls of the hooks, and counts the answers. */
export function createHookHandlers({ supervisor, metrics }: HookHandlerDeps) {
  let scanTimer: NodeJS.Timeout | undefined;

  function scheduleScan(): void {
    scanTimer ??= setTimeout(() => {
      scanTimer = undefined;
      supervisor.send({ type: 'rescan', why: 'throttled' });
    }, SCAN_DELAY).unref();
  }

  return {
    track(hash: Hash) {
      const snapshot = supervisor.getSnapshot();
      const isTracked = selectIsTracked(snapshot, hash);
      const answer = isTracked ? 'already' : selectIsFull(snapshot) ? 'full' : 'started';
      supervisor.send(answer === 'full' ? CAPACITY_EXCEEDED : { type: 'torrent.track', hash });
      metrics.hook('track', answer);
      return answer;
    },
    finished(hash: Hash) {
      const snapshot = supervisor.getSnapshot();
      const hasRoom = selectIsTracked(snapshot, hash) || !selectIsFull(snapshot);
      const answer = hasRoom ? 'accepted' : 'full';
      supervisor.send(answer === 'full' ? CAPACITY_EXCEEDED : { type: 'torrent.markFinished', hash });
      metrics.hook('finished', answer);
      return answer;
    },
    rescan(hook: HookName) {
      supervisor.send({ type: 'rescan' });
      metrics.hook(hook, 'scanning');
    },
    refused(hook: HookName, status: number) {
      metrics.hook(hook, 'refused');
      if (status === 401 || status === 429)
        supervisor.getSnapshot().children.hookInstaller?.send({ type: 'hook.refused' });
      if (status === 429) scheduleScan();
    },
  } satisfies Partial<HookDeps>;
}
