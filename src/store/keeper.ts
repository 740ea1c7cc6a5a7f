import { openDisk } from './disk.ts';
import type { Changes, Disk } from './disk.ts';
import type { Reporter } from './health.ts';
import { describe, troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** Keeps writing to the disk whatever happens to it. Never throws. */
export interface Writer {
  /** Whether it is on the disk now. `insist`: also on a disk that failed a moment ago. */
  write(changes: () => Changes, lasting: boolean, insist?: boolean): boolean;
  close(): void;
}

/** What a keeper begins with. */
export interface WriterOptions {
  dir: string;
  /** `null`: it could not be opened, because of `trouble`. */
  disk: Disk | null;
  trouble: Trouble | null;
  /** All that a fresh file has to hold. */
  everything: () => Changes;
  reporter: Reporter;
}

/** What changes of a keeper. */
interface State {
  disk: Disk | null;
  restUntil: number;
  repairs: number;
}

/** Milliseconds in which a disk that failed is left alone. There is no timer: the next change after it tries again. */
const REOPEN_INTERVAL = 30_000;
/** Milliseconds for which who reads the file may hold the process up. */
const WAIT = 200;
/** A disk that damages each file is not filled with what is set aside. */
const MAX_REPAIRS = 3;

/** Begins with a disk that is open, or with the reason why there is none yet. */
export function createWriter({ dir, disk, trouble, everything, reporter }: WriterOptions): Writer {
  const state: State = { disk, restUntil: trouble === null ? 0 : restAfter(trouble, 0), repairs: 0 };
  return {
    write(changes, lasting, insist = false) {
      if (performance.now() < state.restUntil && !(insist && state.restUntil < Infinity)) return false;
      try {
        const repair = writeOrRepair(state, changes, lasting, () => renew(dir, everything()));
        reporter.restored();
        if (repair !== null) reporter.degraded({ kind: 'disk', problem: repair });
        return true;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'damaged') state.repairs += 1;
        state.restUntil = restAfter(trouble, state.repairs);
        reporter.degraded({ kind: 'memory', problem: describe(trouble, error) }, error);
        return false;
      }
    },
    close: () => state.disk?.close(),
  };
}

/** Who comes second leaves the file to who has it, for good: it may hold what this process never saw. */
function restAfter(trouble: Trouble, repairs: number): number {
  const isHopeless = trouble === 'locked' || (trouble === 'damaged' && repairs >= MAX_REPAIRS);
  return isHopeless ? Infinity : performance.now() + REOPEN_INTERVAL;
}

/** Returns what had to be repaired, for people; `null` when nothing had. */
function writeOrRepair(
  state: State,
  changes: () => Changes,
  lasting: boolean,
  renew: () => Renewed,
): string | null {
  if (state.disk === null) return take(state, renew());
  try {
    state.disk.write(changes(), lasting);
    return null;
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble !== 'vanished' && (trouble !== 'damaged' || state.repairs >= MAX_REPAIRS)) throw error;
    if (trouble === 'damaged') state.repairs += 1;
    const broken = state.disk;
    state.disk = null;
    const problem = letGo(broken, trouble);
    take(state, renew());
    return problem;
  }
}

function take(state: State, { disk, aside }: Renewed): string | null {
  state.disk = disk;
  return aside === null ? null : `What was in STATE_DIR could not be used. It was set aside as ${aside}.`;
}

function letGo(disk: Disk, trouble: 'damaged' | 'vanished'): string {
  if (trouble === 'damaged') {
    return `The file in STATE_DIR was damaged. It was set aside as ${disk.setAside()} and written anew.`;
  }
  disk.close();
  return 'The files in STATE_DIR were taken away. They were written anew.';
}

interface Renewed {
  disk: Disk;
  aside: string | null;
}

function renew(dir: string, everything: Changes): Renewed {
  const { disk, aside } = openDisk(dir, WAIT);
  try {
    disk.write(everything, true);
    return { disk, aside };
  } catch (error) {
    disk.close();
    throw error;
  }
}
