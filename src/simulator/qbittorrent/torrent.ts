/** One simulated torrent. */
import { createHash } from 'node:crypto';
import { scriptOf } from './script.ts';
import type { Scenario, Step } from './script.ts';

/** The torrent to add. */
export interface TorrentSpec {
  /** Default: `Torrent <n>`. `null`: a magnet without a name, so its name is its hash until its metadata arrives. */
  name?: string | null;
  /** Bytes of the selected files. Default 100 MB. */
  size?: number;
  /** Bytes of all files, selected or not. Default: `size`. */
  totalSize?: number;
  /** Mean bytes per second. Default 5 MB/s. */
  rate?: number;
  /** Default `smooth`; `script` takes precedence. */
  scenario?: Scenario;
  script?: Step[];
  /** 40 hex digits. Default: derived from the name. */
  hash?: string;
  /** Which info-hashes it has; `v2` has no v1 hash, and its ID is the v2 hash cut short. Default `v1`. */
  kind?: 'v1' | 'v2' | 'hybrid';
  /** Created if it does not exist. */
  category?: string;
  tags?: string[];
  /** The URL of its tracker, which has answered. Default: no tracker. */
  tracker?: string;
  /** Default `/downloads`. */
  savePath?: string;
  /** Whether its metadata has the private flag. Default `false`. */
  private?: boolean;
  stopped?: boolean;
}

export interface Torrent {
  hash: string;
  v1: string;
  v2: string;
  /** The name in the metadata. */
  name: string;
  /** The name until the metadata arrives. */
  magnetName: string;
  metadata: boolean;
  size: number;
  totalSize: number;
  rate: number;
  /** Bytes per second; 0 = none. */
  limit: number;
  script: Step[];
  index: number;
  /** Seconds spent in the current step. */
  elapsed: number;
  stopped: boolean;
  /** It is stopped again when its check ends. */
  stopsAfterCheck: boolean;
  /** Downloaded bytes of the selected files. */
  done: number;
  downloaded: number;
  speed: number;
  /** Milliseconds of the simulator's clock. */
  addedAt: number;
  seenAt: number;
  completedAt: number | null;
  activeAt: number;
  activeSeconds: number;
  seedingSeconds: number;
  category: string;
  /** Sorted. */
  tags: string[];
  tracker: string;
  savePath: string;
  private: boolean;
  queuePosition: number;
}

/** The default save path. */
export const FOLDER = '/downloads';

const sha = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A torrent at the time of its add. */
export function createTorrent(spec: TorrentSpec, count: number, now: number): Torrent {
  const name = spec.name ?? `Torrent ${count}`;
  const hash = (spec.hash ?? sha(`${name}/${count}`, 40)).toLowerCase();
  const kind = spec.kind ?? 'v1';
  const size = spec.size ?? 100_000_000;
  const rate = spec.rate ?? 5_000_000;
  const script = [...(spec.script ?? scriptOf(spec.scenario ?? 'smooth', rate))];
  return {
    hash,
    v1: kind === 'v2' ? '' : kind === 'hybrid' ? sha(`${hash}/v1`, 40) : hash,
    v2: kind === 'v1' ? '' : hash + sha(hash, 24),
    name,
    magnetName: spec.name === null ? hash : name,
    metadata: script[0]?.phase !== 'metadata',
    size,
    totalSize: spec.totalSize ?? size,
    rate,
    limit: 0,
    script,
    index: 0,
    elapsed: 0,
    stopped: spec.stopped ?? false,
    stopsAfterCheck: false,
    done: 0,
    downloaded: 0,
    speed: 0,
    addedAt: now,
    seenAt: now,
    completedAt: null,
    activeAt: now,
    activeSeconds: 0,
    seedingSeconds: 0,
    category: spec.category ?? '',
    tags: (spec.tags ?? []).toSorted(),
    tracker: spec.tracker ?? '',
    savePath: spec.savePath ?? FOLDER,
    private: spec.private ?? false,
    queuePosition: count,
  };
}

/** The step a torrent is in. */
export const stepOf = (torrent: Torrent): Step => torrent.script[torrent.index] ?? { phase: 'complete' };

/** As for a hybrid whose metadata arrived: its ID becomes its truncated v2 hash, its v1 hash stays. Returns the ID. */
export function rename(torrent: Torrent, newHash: string): string {
  torrent.hash = newHash.toLowerCase();
  torrent.v2 = torrent.hash.padEnd(64, '0');
  return torrent.hash;
}
