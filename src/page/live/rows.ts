import type { Hash } from '../../../machines/domain.ts';
import type { Happening } from '../../inspector/index.ts';
import { eachTorrent, speedOf, torrentOf } from '../../app/status.ts';
import type { TorrentStatus } from '../../app/status.ts';
import { rowId, torrentRow } from '../html/torrent.ts';
import { keysOf } from '../look.ts';
import type { Subject } from '../look.ts';
import type { Change, Journal } from './journal.ts';

/** Rows that are drawn at a time: some milliseconds of work, also where nothing is optimized. */
const ROWS_AT_A_TIME = 200;

/** The torrents' rows: only those are drawn anew whose torrent moved, and none before somebody reads it. */
export interface Rows {
  note(happening: Happening): void;
  /** Draws some of what moved since the last time; `true`: there is more to draw. */
  look(): boolean;
  /** Each row as it is when its turn comes. */
  all(): IterableIterator<Change>;
  /** Bytes per second of all together, as of the last look. */
  speed(): number;
}

export function createRows({ supervisor, now, timeZone }: Subject, journal: Journal): Rows {
  const speeds = new Map(Array.from(keysOf(supervisor).keys(), (key) => [key, speedOf(supervisor, key)]));
  // What was drawn before is not sent again when a poll shows it unchanged: that is for the usual few only.
  const moved = new Set<Hash>(speeds.size <= ROWS_AT_A_TIME ? speeds.keys() : []);

  function takeAway(key: Hash): void {
    speeds.delete(key);
    moved.delete(key);
    journal.remove(rowId(key));
  }

  const draw = (torrent: TorrentStatus): string => String(torrentRow(torrent, { now: now(), timeZone }));

  function drawSome(): void {
    for (const key of [...moved].slice(0, ROWS_AT_A_TIME)) {
      moved.delete(key);
      const torrent = torrentOf(supervisor, key);
      if (torrent === null) continue;
      speeds.set(key, torrent.speed);
      journal.put(rowId(key), draw(torrent));
    }
  }

  return {
    note(happening) {
      const torrent = torrentIn(happening);
      if (torrent !== null) moved.add(torrent);
    },
    look() {
      const keys = keysOf(supervisor);
      for (const key of speeds.keys()) if (!keys.has(key)) takeAway(key);
      for (const key of keys.keys()) {
        if (speeds.has(key)) continue;
        speeds.set(key, 0);
        moved.add(key);
      }
      drawSome();
      return moved.size > 0;
    },
    *all() {
      for (const torrent of eachTorrent(supervisor)) yield [rowId(torrent.key), draw(torrent)];
    },
    speed: () => [...speeds.values()].reduce((sum, speed) => sum + speed, 0),
  };
}

/** The torrent whose row is another after this; a crash is told to its shard only. */
function torrentIn({ machine, actor, event }: Happening): Hash | null {
  if (machine === 'torrent') return actor;
  return machine === 'shard' && event.startsWith(CRASH) ? event.slice(CRASH.length) : null;
}

const CRASH = 'xstate.error.actor.';
