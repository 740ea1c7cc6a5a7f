import type { Hash } from '../../../machines/types.ts';
import type { Happening } from '../../inspector/index.ts';
import { torrentOf } from '../../status.ts';
import { rowId, torrentRow } from '../html/torrent.ts';
import { keysOf } from '../look.ts';
import type { Subject } from '../look.ts';
import type { Change, Journal } from './journal.ts';

/** The torrents' rows: only those are drawn anew whose torrent moved. */
export interface Rows {
  note(happening: Happening): void;
  /** Draws what moved since the last time, and says what looks different now. */
  look(): Change[];
  /** Bytes per second of all together, as of the last look. */
  speed(): number;
}

export function createRows({ supervisor, now, timeZone }: Subject, journal: Journal): Rows {
  const speeds = new Map<Hash, number>();
  const moved = new Set<Hash>();

  function takeAway(key: Hash): Change {
    speeds.delete(key);
    journal.remove(rowId(key));
    return [rowId(key), null];
  }

  function draw(key: Hash): Change[] {
    const torrent = torrentOf(supervisor, key);
    if (torrent === null) return [];
    speeds.set(key, torrent.speed);
    return journal.put(rowId(key), String(torrentRow(torrent, { now: now(), timeZone })));
  }

  return {
    note(happening) {
      const torrent = torrentIn(happening);
      if (torrent !== null) moved.add(torrent);
    },
    look() {
      const keys = keysOf(supervisor);
      const gone = [...speeds.keys()].filter((key) => !keys.has(key));
      const news = [...keys.keys()].filter((key) => moved.has(key) || !speeds.has(key));
      moved.clear();
      return [...gone.map(takeAway), ...news.flatMap(draw)];
    },
    speed: () => [...speeds.values()].reduce((sum, speed) => sum + speed, 0),
  };
}

/** The torrent whose row is another after this; a crash is told to its partition only. */
function torrentIn({ machine, actor, event }: Happening): Hash | null {
  if (machine === 'torrent') return actor;
  return machine === 'partition' && event.startsWith(CRASH) ? event.slice(CRASH.length) : null;
}

const CRASH = 'xstate.error.actor.';
