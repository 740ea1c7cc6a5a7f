import type { Hash } from '../../../machines/domain.ts';
import type { ActorStep } from '../../inspector/index.ts';
import { eachTorrent, speedOf, torrentOf } from '../../app/status.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { rowId, torrentRow } from '../html/torrent.ts';
import type { Points } from '../speeds.ts';
import { clockOf, keysOf } from '../view-model.ts';
import type { PageSources } from '../view-model.ts';
import type { Patch, PatchLog } from './patch-log.ts';

/** Rows rendered in one turn: some milliseconds of work, also without V8's optimizing compilers. */
const MAX_ROWS_PER_REFRESH = 200;

/** The rows of the torrents. Only rows of torrents that changed are rendered again. */
export interface Rows {
  addStep(step: ActorStep): void;
  /** Renders some of the rows that changed; `true`: some are left. */
  refresh(): boolean;
  /** All rows, rendered one by one. */
  all(): IterableIterator<Patch>;
  /** Bytes per second of all torrents, at the last refresh. */
  speed(): number;
}

export function createRows(sources: PageSources, patchLog: PatchLog): Rows {
  const { supervisor } = sources;
  const speeds = new Map(Array.from(keysOf(supervisor).keys(), (key) => [key, speedOf(supervisor, key)]));
  // With few torrents all are rendered in advance, so that an unchanged poll is not sent.
  const changed = new Set<Hash>(speeds.size <= MAX_ROWS_PER_REFRESH ? speeds.keys() : []);

  function removeRow(key: Hash): void {
    speeds.delete(key);
    changed.delete(key);
    patchLog.remove(rowId(key));
  }

  const render = (torrent: TorrentStatus, points: Points | null): string =>
    String(torrentRow(torrent, clockOf(sources), points));

  function renderSome(): void {
    for (const key of [...changed].slice(0, MAX_ROWS_PER_REFRESH)) {
      changed.delete(key);
      const torrent = torrentOf(supervisor, key);
      if (torrent === null) continue;
      speeds.set(key, torrent.speed);
      patchLog.put(rowId(key), render(torrent, null));
    }
  }

  return {
    addStep(step) {
      const torrent = torrentIn(step);
      if (torrent !== null) changed.add(torrent);
    },
    refresh() {
      const keys = keysOf(supervisor);
      for (const key of speeds.keys()) if (!keys.has(key)) removeRow(key);
      for (const key of keys.keys()) {
        if (speeds.has(key)) continue;
        speeds.set(key, 0);
        changed.add(key);
      }
      renderSome();
      return changed.size > 0;
    },
    *all() {
      for (const torrent of eachTorrent(supervisor))
        yield [rowId(torrent.key), render(torrent, sources.speeds.of(torrent.hash, sources.now()))];
    },
    speed: () => [...speeds.values()].reduce((sum, speed) => sum + speed, 0),
  };
}

/** The torrent whose row changes with this step; a crash is a step of its shard only. */
function torrentIn({ machine, actor, event }: ActorStep): Hash | null {
  if (machine === 'torrent') return actor;
  return machine === 'shard' && event.startsWith(CRASH_EVENT) ? event.slice(CRASH_EVENT.length) : null;
}

const CRASH_EVENT = 'xstate.error.actor.';
