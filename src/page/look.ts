import type { Hash } from '../../machines/domain.ts';
import { selectRecords } from '../../machines/supervisor/selectors.ts';
import type { Config } from '../config/index.ts';
import { servicesOf } from '../app/status.ts';
import type { Supervisor } from '../app/status.ts';
import type { Health } from '../store/index.ts';
import type { Finished, FinishedLately } from './finished.ts';

/** What the page is about. */
export interface Subject {
  supervisor: Supervisor;
  store: { readonly health: Health };
  finished: FinishedLately;
  timeZone: Config['timeZone'];
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Everything there is to see, but for the torrents one by one. */
export interface ViewModel {
  services: ReturnType<typeof servicesOf>;
  health: Health;
  finished: readonly Finished[];
  /** How many torrents are followed. */
  count: number;
  /** Bytes per second of all together. */
  speed: number;
  now: number;
  timeZone: string | undefined;
}

export function createViewModel(
  { supervisor, store, finished, timeZone, now }: Subject,
  speed: number,
): ViewModel {
  return {
    services: servicesOf(supervisor),
    health: store.health,
    finished: finished.list(),
    count: keysOf(supervisor).size,
    speed,
    now: now(),
    timeZone,
  };
}

/** The keys of all torrents that are followed, in the order in which they came. */
export function keysOf(supervisor: Supervisor): ReadonlyMap<Hash, unknown> {
  return selectRecords(supervisor.getSnapshot());
}
