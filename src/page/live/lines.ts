import type { Hash } from '../../../machines/domain.ts';
import { lineId, torrentLine } from '../html/speeds.ts';
import { intervalOf } from '../speeds.ts';
import { keysOf } from '../view-model.ts';
import type { LiveSources } from '../view-model.ts';
import type { PatchLog } from './patch-log.ts';

/** Lines drawn in one turn. */
const MAX_LINES_PER_REFRESH = 200;

/**
 * The lines of the torrents' speeds, each an element of its own: most rows change with each poll, a line only once in an
 * interval.
 */
export interface Lines {
  /** Draws some of the lines that have another point; `true`: some are left. */
  refresh(): boolean;
}

export function createLines(sources: LiveSources, patchLog: PatchLog): Lines {
  const { supervisor, speeds, now } = sources;
  /** The interval in which each was drawn last. */
  const drawn = new Map<Hash, number>();
  let prunedIn = -Infinity;

  function prune(interval: number): void {
    const tracked = keysOf(supervisor);
    if (interval !== prunedIn) speeds.prune((key) => tracked.has(key), now());
    prunedIn = interval;
    for (const key of drawn.keys()) {
      if (speeds.has(key)) continue;
      drawn.delete(key);
      patchLog.remove(lineId(key));
    }
  }

  function draw(key: Hash): void {
    const line = torrentLine(key, speeds.of(key, now()), sources);
    if (line !== '') patchLog.put(lineId(key), String(line));
  }

  return {
    refresh() {
      const interval = intervalOf(now());
      prune(interval);
      let left = MAX_LINES_PER_REFRESH;
      for (const key of speeds.keys()) {
        if (drawn.get(key) === interval) continue;
        if (left === 0) return true;
        left -= 1;
        drawn.set(key, interval);
        draw(key);
      }
      return false;
    },
  };
}
