import type { Hash, Observation } from '../../machines/domain.ts';

/** Milliseconds of one point of a line: polls of a torrent that downloads are at most 5 s apart. */
export const INTERVAL = 15_000;
/** Points of a line: ten minutes. */
export const POINTS = 40;
/** Torrents with a line. */
export const MAX_LINES = 1000;

/** A speed for each interval of the last ten minutes, the oldest first; `null`: no poll has shown one. */
export type Points = readonly (number | null)[];

/**
 * The speeds of the last ten minutes, of torrents that download and in total: in memory, from the polls that the sidecar
 * makes anyway. By the ID under which qBittorrent lists a torrent.
 */
export interface Speeds {
  /**
   * Adds what a poll has shown.
   *
   * @param asked the torrents that it requested
   * @param found those that qBittorrent returned
   * @param at milliseconds since 1970
   */
  polled(asked: readonly Hash[], found: readonly Observation[], at: number): void;
  /** @param now milliseconds since 1970 */
  of(hash: Hash, now: number): Points;
  total(now: number): Points;
  /** The torrents that have a line. */
  hashes(): Iterable<Hash>;
  has(hash: Hash): boolean;
}

export interface SpeedsOptions {
  /** Torrents that are not tracked any more are forgotten. */
  isTracked: (hash: Hash) => boolean;
  /** Default: `MAX_LINES`. */
  maxLines?: number;
}

export function createSpeeds({ isTracked, maxLines = MAX_LINES }: SpeedsOptions): Speeds {
  const lines = new Map<Hash, Ring>();
  /** Bytes per second of each torrent with a speed above 0, as its last poll has shown. */
  const current = new Map<Hash, number>();
  const total = createRing();
  let prunedIn = -Infinity;

  function add(hash: Hash, speed: number, at: number): void {
    const line = lines.get(hash);
    if (line !== undefined) return addTo(line, speed, at);
    // One that waits has no line, and needs no memory.
    if (speed <= 0 || lines.size >= maxLines) return;
    const added = createRing();
    addTo(added, speed, at);
    lines.set(hash, added);
  }

  /** Forgets those that are not tracked any more, and the lines of those whose speed was 0 all the time. */
  function prune(at: number): void {
    for (const hash of current.keys()) if (!isTracked(hash)) current.delete(hash);
    for (const [hash, line] of lines)
      if (!isTracked(hash) || pointsOf(line, at).every((speed) => speed === null || speed === 0))
        lines.delete(hash);
  }

  return {
    polled(asked, found, at) {
      for (const hash of asked) current.delete(hash);
      for (const { hash, speed } of found) {
        if (speed > 0) current.set(hash, speed);
        add(hash, speed, at);
      }
      const interval = intervalOf(at);
      if (isNewer(interval, prunedIn)) {
        prune(at);
        prunedIn = interval;
      }
      let sum = 0;
      for (const speed of current.values()) sum += speed;
      addTo(total, sum, at);
    },
    of(hash, now) {
      const line = lines.get(hash);
      return line === undefined ? [] : pointsOf(line, now);
    },
    total: (now) => pointsOf(total, now),
    hashes: () => lines.keys(),
    has: (hash) => lines.has(hash),
  };
}

/** The last sample of each interval, at its number modulo `POINTS`; `NaN` without one. */
interface Ring {
  readonly speeds: Float32Array;
  /** The number of the newest interval. */
  newest: number;
}

const createRing = (): Ring => ({ speeds: new Float32Array(POINTS).fill(NaN), newest: -Infinity });

/** The number of the interval that contains this time. */
export const intervalOf = (at: number): number => Math.floor(at / INTERVAL);

/** Much older ones are newer: the clock was set back. */
const isNewer = (interval: number, than: number): boolean => interval > than || than - interval >= POINTS;

function addTo(ring: Ring, speed: number, at: number): void {
  const { speeds, newest } = ring;
  const interval = intervalOf(at);
  if (interval !== newest && !isNewer(interval, newest)) return;
  // All are too old, or the clock was set back.
  if (Math.abs(interval - newest) >= POINTS) speeds.fill(NaN);
  else for (let skipped = newest + 1; skipped < interval; skipped += 1) speeds[skipped % POINTS] = NaN;
  ring.newest = interval;
  speeds[interval % POINTS] = speed;
}

function pointsOf({ speeds, newest }: Ring, now: number): Points {
  const current = intervalOf(now);
  // Before the first poll of an interval the line is as it was at the end of the last one.
  const first = (newest === current ? current : current - 1) - POINTS + 1;
  return Array.from({ length: POINTS }, (_, index) => {
    const interval = first + index;
    const speed = speeds[interval % POINTS] ?? NaN;
    return interval > newest || interval <= newest - POINTS || Number.isNaN(speed) ? null : speed;
  });
}
