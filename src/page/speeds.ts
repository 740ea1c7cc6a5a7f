import type { Hash } from '../../machines/domain.ts';

/** Milliseconds of one point of a line: polls of a torrent that downloads are at most 5 s apart. */
export const INTERVAL = 15_000;
/** Points of a line: ten minutes. */
export const POINTS = 40;
/** Torrents with a line. */
export const MAX_LINES = 1000;

/** A speed for each interval of the last ten minutes, the oldest first; `null`: no poll has shown one. */
export type Points = readonly (number | null)[];

/** What a poll has shown. */
export interface SpeedSample {
  /** Bytes per second. */
  speed: number;
  /** When, in milliseconds since 1970; 0: no poll has shown it. */
  at: number;
}

/**
 * The speeds of the last ten minutes, of torrents that download and in total; in memory. They are added by whoever renders
 * the page, from the polls that the sidecar makes anyway: while nobody watches, there is nothing new in it.
 */
export interface Speeds {
  add(key: Hash, sample: SpeedSample): void;
  addTotal(sample: SpeedSample): void;
  /** @param now milliseconds since 1970 */
  of(key: Hash, now: number): Points;
  total(now: number): Points;
  /** The torrents that have a line. */
  keys(): Iterable<Hash>;
  has(key: Hash): boolean;
  delete(key: Hash): void;
  /** Deletes those that are not tracked any more, and those whose speed was 0 all the time. */
  prune(isTracked: (key: Hash) => boolean, now: number): void;
}

export function createSpeeds(maxLines = MAX_LINES): Speeds {
  const lines = new Map<Hash, Ring>();
  const total = createRing();
  const of = (key: Hash, now: number): Points => {
    const line = lines.get(key);
    return line === undefined ? [] : pointsOf(line, now);
  };
  return {
    add(key, sample) {
      const line = lines.get(key);
      if (line !== undefined) return addTo(line, sample);
      // One that waits has no line, and needs no memory.
      if (sample.at === 0 || sample.speed <= 0 || lines.size >= maxLines) return;
      const added = createRing();
      addTo(added, sample);
      lines.set(key, added);
    },
    addTotal: (sample) => addTo(total, sample),
    of,
    total: (now) => pointsOf(total, now),
    keys: () => lines.keys(),
    has: (key) => lines.has(key),
    delete(key) {
      lines.delete(key);
    },
    prune(isTracked, now) {
      for (const key of lines.keys())
        if (!isTracked(key) || of(key, now).every((speed) => speed === null || speed === 0))
          lines.delete(key);
    },
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

function addTo(ring: Ring, { speed, at }: SpeedSample): void {
  const { speeds, newest } = ring;
  const interval = intervalOf(at);
  if (at === 0 || (interval < newest && newest - interval < POINTS)) return;
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
