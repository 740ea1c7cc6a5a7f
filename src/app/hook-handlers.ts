import type { Hash } from '../../machines/domain.ts';
import type { HookName, Metrics } from '../metrics/index.ts';
import type { HookDeps } from '../server/index.ts';
import { selectIsTracked } from '../../machines/supervisor/selectors.ts';
import type { Supervisor } from './status.ts';

interface HookHandlerDeps {
  supervisor: Supervisor;
  metrics: Metrics;
}

/**
 * Milliseconds from a refused call of an address that is locked out until a scan for its torrent. Further refused calls
 * in this time cause no further scan.
 */
const SCAN_DELAY = 10_000;

/** Handles the calls of the hooks, and counts the answers. */
export function createHookHandlers({ supervisor, metrics }: HookHandlerDeps) {
  const batch = createBatch(supervisor);
  let scanTimer: NodeJS.Timeout | undefined;

  function scheduleScan(): void {
    scanTimer ??= setTimeout(() => {
      scanTimer = undefined;
      supervisor.send({ type: 'rescan', why: 'throttled' });
    }, SCAN_DELAY).unref();
  }

  return {
    async track(hash: Hash) {
      const { was, is } = await batch.add('torrents.track', hash);
      const answer = was ? 'already' : is ? 'started' : 'full';
      metrics.hook('track', answer);
      return answer;
    },
    async finished(hash: Hash) {
      const { is } = await batch.add('torrents.markFinished', hash);
      const answer = is ? 'accepted' : 'full';
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

type HookEvent = 'torrents.track' | 'torrents.markFinished';

/** Whether the torrent was tracked before the call, and is now: not if too many are. */
interface Tracking {
  was: boolean;
  is: boolean;
}

interface Call {
  type: HookEvent;
  hash: Hash;
  resolve: (tracking: Tracking) => void;
  reject: (error: unknown) => void;
}

/**
 * The calls of one iteration of the event loop: one event, and so one transaction and one poll, for all of them. Each
 * resolves when its torrent is stored.
 */
function createBatch(supervisor: Supervisor) {
  let calls: Call[] = [];

  function send(type: HookEvent, sent: readonly Call[]): void {
    const hashes = sent.filter((call) => call.type === type).map(({ hash }) => hash);
    if (hashes.length > 0) supervisor.send({ type, hashes });
  }

  function flush(): void {
    const sent = calls;
    calls = [];
    try {
      const before = supervisor.getSnapshot();
      const was = sent.map(({ hash }) => selectIsTracked(before, hash));
      send('torrents.track', sent);
      send('torrents.markFinished', sent);
      const after = supervisor.getSnapshot();
      // The store writes in a microtask, which was queued before this one.
      queueMicrotask(() => {
        for (const [n, { hash, resolve }] of sent.entries())
          resolve({ was: was[n] === true, is: selectIsTracked(after, hash) });
      });
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }

  return {
    add(type: HookEvent, hash: Hash): Promise<Tracking> {
      const { promise, resolve, reject } = Promise.withResolvers<Tracking>();
      if (calls.length === 0) setImmediate(flush);
      calls.push({ type, hash, resolve, reject });
      return promise;
    },
  };
}
