import type { Hash } from '../../machines/domain.ts';
import { selectRecords } from '../../machines/supervisor/selectors.ts';
import type { Config } from '../config/index.ts';
import { servicesOf } from '../app/status.ts';
import type { Supervisor } from '../app/status.ts';
import type { Health } from '../store/index.ts';
import type { Finished, RecentlyFinished } from './finished.ts';

/** Where the page reads its data. */
export interface PageSources {
  supervisor: Supervisor;
  store: { readonly health: Health };
  finished: RecentlyFinished;
  timeZone: Config['timeZone'];
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The data of the page, without the torrents' rows. */
export interface ViewModel {
  services: ReturnType<typeof servicesOf>;
  health: Health;
  finished: readonly Finished[];
  /** Tracked torrents. */
  count: number;
  /** Bytes per second of all torrents together. */
  speed: number;
  now: number;
  timeZone: string | undefined;
}

export function createViewModel(
  { supervisor, store, finished, timeZone, now }: PageSources,
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

/** The keys of all tracked torrents, in the order in which they were added. */
export function keysOf(supervisor: Supervisor): ReadonlyMap<Hash, unknown> {
  return selectRecords(supervisor.getSnapshot());
}
