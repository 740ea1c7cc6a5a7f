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

function enter(torrent: Torrent, at: number): void {
  if (stepOf(torrent).phase !== 'complete') return;
  torrent.done = torrent.size;
  torrent.completedAt ??= at;
}

function nextStep(torrent: Torrent, at: number): void {
  if (stepOf(torrent).phase === 'metadata') torrent.metadata = true;
  torrent.index += 1;
  torrent.elapsed = 0;
  enter(torrent, at);
  if (stepOf(torrent).phase !== 'complete') torrent.speed = 0;
}

/** Speed is never even: a slow wave and a fast one, the same in each run. */
function wave(seconds: number): number {
  return 1 + 0.3 * Math.sin(seconds / 5) + 0.15 * Math.sin(seconds * 1.7);
}

/** Downloads for `seconds`; returns the seconds used, fewer when the step's goal was reached. */
function download(torrent: Torrent, step: Step & { phase: 'downloading' }, seconds: number): number {
  const goal = Math.floor(torrent.size * (step.to ?? 1));
  const speed = (step.rate ?? torrent.rate) * wave(torrent.elapsed);
  torrent.speed = Math.round(torrent.limit > 0 ? Math.min(speed, torrent.limit) : speed);
  const wanted = Math.max(0, goal - torrent.done);
  const used = Math.min(seconds, wanted / torrent.speed);
  const bytes = used < seconds ? wanted : Math.min(wanted, Math.round(torrent.speed * used));
  torrent.done += bytes;
  torrent.downloaded += bytes;
  return used;
}

/** Seconds after completion for which a speed is still shown, as on the real one. */
const SPEED_LINGERS = 3;

/** The longest stretch of time that is reckoned at one speed, in seconds. */
const GRAIN = 0.25;

function pass(torrent: Torrent, left: number, at: number): number {
  const step = stepOf(torrent);
  const last = torrent.index >= torrent.script.length - 1;
  if (step.phase === 'downloading') {
    const grain = Math.min(left, GRAIN);
    const used = download(torrent, step, grain);
    torrent.elapsed += used;
    torrent.activeSeconds += used;
    torrent.activeAt = at;
    if (torrent.done === torrent.size) torrent.completedAt ??= at;
    const reached = torrent.done >= Math.floor(torrent.size * (step.to ?? 1));
    if (!reached) return used;
    if (!last) nextStep(torrent, at);
    return last ? left : used;
  }
  const until = last ? Infinity : (step.seconds ?? Infinity);
  const used = Math.min(left, until - torrent.elapsed);
  torrent.elapsed += used;
  torrent.activeSeconds += step.phase === 'stopped' || step.phase === 'queued' ? 0 : used;
  torrent.seedingSeconds += step.phase === 'complete' ? used : 0;
  if (torrent.elapsed >= SPEED_LINGERS) torrent.speed = 0;
  if (torrent.elapsed >= until) nextStep(torrent, at);
  return used;
}

/** Lets a torrent live until `now` (milliseconds). Stopped by the user, it stands still. */
export function advance(torrent: Torrent, now: number): void {
  let left = (now - torrent.seenAt) / 1000;
  torrent.seenAt = Math.max(now, torrent.seenAt);
  if (torrent.stopped) {
    torrent.speed = 0;
    return;
  }
  while (left > 1e-9 && stepOf(torrent).phase !== 'removed') {
    left -= pass(torrent, left, now - left * 1000);
  }
}

/** Nothing more will happen by itself. */
export function isSettled(torrent: Torrent): boolean {
  const last = torrent.index >= torrent.script.length - 1;
  return torrent.stopped || (last && stepOf(torrent).phase !== 'downloading');
}

/** Sends a torrent through other steps; the ones it had left come after them if `resume`. */
export function play(torrent: Torrent, steps: Step[], resume: boolean): void {
  torrent.script = [...steps, ...(resume ? torrent.script.slice(torrent.index) : [])];
  torrent.index = 0;
  torrent.elapsed = 0;
  torrent.speed = 0;
  torrent.metadata ||= steps[0]?.phase !== 'metadata';
  enter(torrent, torrent.seenAt);
}

/** A hybrid whose metadata has come: its ID becomes its v2 hash cut short, its v1 hash stays. Returns the ID. */
export function rename(torrent: Torrent, newHash: string): string {
  torrent.hash = newHash.toLowerCase();
  torrent.v2 = torrent.hash.padEnd(64, '0');
  return torrent.hash;
}
