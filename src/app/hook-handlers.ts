import type { Hash } from '../../machines/domain.ts';
import type { HookName, Metrics } from '../metrics/index.ts';
import type { HookDeps } from '../server/index.ts';
import { selectIsFull, selectIsTracked } from '../../machines/supervisor/selectors.ts';
import type { Supervisor } from './status.ts';

interface Answering {
  supervisor: Supervisor;
  metrics: Metrics;
}

/** What has no place is looked for when there is one. */
const LEFT_OUT = { type: 'capacity.exceeded', leftOut: 1 } as const;

/**
 * From a call that was refused unread, since too many wrong tokens came from its address, until a scan finds what it may
 * have been about, in milliseconds; so whoever sends wrong tokens causes no more scans than one in this time.
 */
const SCAN_DELAY = 10_000;

/** What the hooks do and are answered, each answer counted. */
export function createHookHandlers({ supervisor, metrics }: Answering) {
  let scanning: NodeJS.Timeout | undefined;

  function scanSoon(): void {
    scanning ??= setTimeout(() => {
      scanning = undefined;
      supervisor.send({ type: 'rescan', why: 'throttled' });
    }, SCAN_DELAY).unref();
  }

  return {
    track(hash: Hash) {
      const snapshot = supervisor.getSnapshot();
      const known = selectIsTracked(snapshot, hash);
      const answer = known ? 'already' : selectIsFull(snapshot) ? 'full' : 'started';
      supervisor.send(answer === 'full' ? LEFT_OUT : { type: 'torrent.track', hash });
      metrics.hook('track', answer);
      return answer;
    },
    finished(hash: Hash) {
      const snapshot = supervisor.getSnapshot();
      const hasPlace = selectIsTracked(snapshot, hash) || !selectIsFull(snapshot);
      const answer = hasPlace ? 'accepted' : 'full';
      supervisor.send(answer === 'full' ? LEFT_OUT : { type: 'torrent.markFinished', hash });
      metrics.hook('finished', answer);
      return answer;
    },
    rescan(hook: HookName) {
      supervisor.send({ type: 'rescan' });
      metrics.hook(hook, 'looking');
    },
    refused(hook: HookName, status: number) {
      metrics.hook(hook, 'refused');
      if (status === 401 || status === 429)
        supervisor.getSnapshot().children.hookInstaller?.send({ type: 'hook.refused' });
      if (status === 429) scanSoon();
    },
  } satisfies Partial<HookDeps>;
}
