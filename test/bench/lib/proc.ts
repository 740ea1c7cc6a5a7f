/** Linux's figures of a process: time, wake-ups, memory. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(`/proc/${path}`, 'utf8');

/** The text of a file of each thread, except those that ended meanwhile. */
function ofThreads(pid: number, file: string): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return [read(`${pid}/task/${thread}/${file}`)];
    } catch {
      return [];
    }
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One tick of `/proc/<pid>/stat`; Linux counts 100 a second on every machine that Node runs on. */
const TICK = 10;

function coarseCpuOf(pid: number, [user, system] = [11, 12]): number {
  // The name of the program is in brackets, and may contain anything.
  const fields = read(`${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[user]) + Number(fields[system])) * TICK;
}

/** CPU time of this process's ended children, in milliseconds. It has steps of 10: measure several together. */
export const cpuOfEnded = (): number => coarseCpuOf(process.pid, [13, 14]);

/**
 * CPU time of a process since its start, in milliseconds, with all threads. The scheduler's own count is exact, but
 * includes only running threads; the other one has steps of 10 ms, and includes all.
 */
export function cpuOf(pid: number): number {
  const exact = sum(ofThreads(pid, 'schedstat').map((text) => Number(text.split(' ')[0]))) / 1e6;
  const coarse = coarseCpuOf(pid);
  return Math.abs(exact - coarse) <= 2 * TICK ? exact : coarse;
}

/** CPU time of a process at a moment: of each of its threads, and in total. */
export interface CpuReading {
  /** Nanoseconds, by thread. */
  threads: ReadonlyMap<string, number>;
  /** Milliseconds in steps of 10. */
  coarse: number;
}

export function readCpu(pid: number): CpuReading {
  const threads = readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return [[thread, Number(read(`${pid}/task/${thread}/schedstat`).split(' ')[0])] as const];
    } catch {
      return [];
    }
  });
  return { threads: new Map(threads), coarse: coarseCpuOf(pid) };
}

/** Milliseconds of CPU time between two readings: exact, unless threads that ended had used more than a little. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  const exact =
    sum([...after.threads].map(([thread, time]) => time - (before.threads.get(thread) ?? 0))) / 1e6;
  const coarse = after.coarse - before.coarse;
  return coarse - exact <= 2 * TICK ? exact : coarse;
}

/** How often its threads were woken since its start. */
export function wakeUpsOf(pid: number): number {
  return sum(
    ofThreads(pid, 'status').map((text) =>
      Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(text)?.[1] ?? 0),
    ),
  );
}

/** Memory in megabytes. */
export interface Memory {
  /** Resident: including pages that it shares with others, such as those of the program file. */
  rss: number;
  /** Private: it would be free if the process ended. */
  private: number;
  /** Anonymous, so without any page of a file: the memory of V8 and malloc. */
  anonymous: number;
}

export function memoryOf(pid: number): Memory {
  const text = read(`${pid}/smaps_rollup`);
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  return {
    rss: megabytes('Rss'),
    private: megabytes('Private_Clean') + megabytes('Private_Dirty'),
    anonymous: megabytes('Anonymous'),
  };
}
