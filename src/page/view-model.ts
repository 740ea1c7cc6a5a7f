import type { Hash } from '../../machines/domain.ts';
import { selectRecords } from '../../machines/supervisor/selectors.ts';
import { digestsOf } from '../app/digest-status.ts';
import type { DigestStatus } from '../app/digest-status.ts';
import { quietHoursOf, servicesOf } from '../app/status.ts';
import type { Supervisor } from '../app/status.ts';
import { formatOptionsOf } from '../format/options.ts';
import type { FormatOptions } from '../format/options.ts';
import type { Health, History } from '../store/index.ts';
import type { EndedTorrent } from '../../machines/supervisor/ended.ts';
import type { LastEnded, RecentHistory } from './history.ts';
import type { Clock } from './html/torrent.ts';
import type { PhonePreview } from './preview.ts';
import type { Speeds } from './speeds.ts';

/** Where the page reads its data, and how it writes numbers and times. */
export interface PageSources extends FormatOptions {
  supervisor: Supervisor;
  store: { readonly health: Health; readonly history: Pick<History, 'find'> };
  recent: RecentHistory;
  preview: PhonePreview;
  speeds: Speeds;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The data of the page, without the torrents' rows. */
export interface ViewModel extends Clock {
  services: ReturnType<typeof servicesOf>;
  /** `null` without any. */
  quietHours: ReturnType<typeof quietHoursOf>;
  health: Health;
  /** The newest entries of the history. */
  finished: readonly EndedTorrent[];
  last: LastEnded | null;
  /** Cards that show several completions, the newest first. */
  digests: readonly DigestStatus[];
  preview: PhonePreview;
  /** Tracked torrents. */
  count: number;
  /** Bytes per second of all torrents together. */
  speed: number;
  /** The speeds of the last ten minutes. */
  speeds: Pick<Speeds, 'of' | 'total'>;
}

/** The present, in the formats of the page. */
export const clockOf = (sources: PageSources): Clock => ({ now: sources.now(), ...formatOptionsOf(sources) });

export function createViewModel(sources: PageSources, speed: number): ViewModel {
  const { supervisor, store, recent, preview, speeds } = sources;
  return {
    services: servicesOf(supervisor),
    quietHours: quietHoursOf(supervisor),
    health: store.health,
    finished: recent.list(),
    last: recent.last(),
    digests: digestsOf(supervisor),
    preview,
    count: keysOf(supervisor).size,
    speed,
    speeds,
    ...clockOf(sources),
  };
}

/** The keys of all tracked torrents, in the order in which they were added. */
export function keysOf(supervisor: Supervisor): ReadonlyMap<Hash, unknown> {
  return selectRecords(supervisor.getSnapshot());
}
