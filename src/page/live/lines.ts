import type { Hash } from '../../../machines/domain.ts';
import { lineId, torrentLine } from '../html/speeds.ts';
import { selectKey } from '../../../machines/supervisor/selectors.ts';
import { intervalOf } from '../speeds.ts';
import type { PageSources } from '../view-model.ts';
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

export function createLines(sources: PageSources, patchLog: PatchLog): Lines {
  const { supervisor, speeds, now } = sources;
  /** By hash: the interval in which its line was drawn last, and the torrent's key. */
  const drawn = new Map<Hash, { interval: number; key: Hash }>();

  function removeOthers(): void {
    for (const [hash, { key }] of drawn) {
      if (speeds.has(hash)) continue;
      drawn.delete(hash);
      patchLog.remove(lineId(key));
    }
  }

  function draw(hash: Hash, interval: number): void {
    const key = selectKey(supervisor.getSnapshot(), hash);
    if (key === undefined) return;
    drawn.set(hash, { interval, key });
    const line = torrentLine(key, speeds.of(hash, now()), sources);
    if (line !== '') patchLog.put(lineId(key), String(line));
  }

  return {
    refresh() {
      const interval = intervalOf(now());
      removeOthers();
      let left = MAX_LINES_PER_REFRESH;
      for (const hash of speeds.hashes()) {
        if (drawn.get(hash)?.interval === interval) continue;
        if (left === 0) return true;
        left -= 1;
        draw(hash, interval);
      }
      return false;
    },
  };
}
