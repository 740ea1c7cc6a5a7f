/** One simulated torrent, and how time changes it. */
import { createHash } from 'node:crypto';
import { scriptOf } from './script.ts';
import type { Fate, Step } from './script.ts';

/** What to add. */
export interface TorrentSpec {
  /** Default: `Torrent <n>`. `null`: a magnet without a name, so its name is its hash until metadata comes. */
  name?: string | null;
  /** Wanted bytes. Default 100 MB. */
  size?: number;
  /** All bytes, when some files are not selected. Default: `size`. */
  totalSize?: number;
  /** Mean bytes per second. Default 5 MB/s. */
  rate?: number;
  /** Default `smooth`; `script` goes first. */
  fate?: Fate;
  script?: Step[];
  /** 40 hex digits. Default: made from the name. */
  hash?: string;
  /** Which info-hashes it has; `v2` has no v1 hash, and its ID is the v2 hash cut short. Default `v1`. */
  kind?: 'v1' | 'v2' | 'hybrid';
  category?: string;
  tags?: string[];
  stopped?: boolean;
}

export interface Torrent {
  hash: string;
  v1: string;
  v2: string;
  /** The name that the metadata gives. */
  name: string;
  /** The name before that. */
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
  /** Wanted bytes that are here. */
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
  tags: string[];
  queuePosition: number;
}

const sha = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A torrent as it is in the moment of its adding. */
export function createTorrent(spec: TorrentSpec, count: number, now: number): Torrent {
  const name = spec.name ?? `Torrent ${count}`;
  const hash = (spec.hash ?? sha(`${name}/${count}`, 40)).toLowerCase();
  const kind = spec.kind ?? 'v1';
  const size = spec.size ?? 100_000_000;
  const rate = spec.rate ?? 5_000_000;
  const script = [...(spec.script ?? scriptOf(spec.fate ?? 'smooth', rate))];
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
    tags: spec.tags ?? [],
    queuePosition: count,
  };
}

/** The step a torrent is in. */
export const stepOf = (torrent: Torrent): Step => torrent.script[torrent.index] ?? { phase: 'complete' };

/** A hybrid whose metadata has come: its ID becomes its v2 hash cut short, its v1 hash stays. Returns the ID. */
export function rename(torrent: Torrent, newHash: string): string {
  torrent.hash = newHash.toLowerCase();
  torrent.v2 = torrent.hash.padEnd(64, '0');
  return torrent.hash;
}
