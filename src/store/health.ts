import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { troubleOf } from './trouble.ts';

/**
 * Where the state is, and what is wrong, for people; `problem` is `null` when nothing is. On `disk` it was repaired, and
 * stands there for a while.
 */
export interface Health {
  readonly kind: 'disk' | 'memory';
  readonly problem: string | null;
}

/** Who hears of the health. */
export interface Listeners {
  log: Logger;
  /** The state is only in memory. */
  onDegraded: (problem: string) => void;
  /** Something was wrong with the file; the state is on disk. */
  onRepaired: (problem: string) => void;
  onRestored: () => void;
}

/** Remembers the health and says each change of it once. */
export interface Reporter {
  readonly health: Health;
  degraded(health: Health & { problem: string }, error?: unknown): void;
  /** Something was written: what was only in memory is on the disk, and a repair held. */
  restored(): void;
}

/** Milliseconds for which a repair is shown. There is no timer: the first write after it ends it. */
const REPAIR_SHOWN = 10 * 60_000;

/**
 * Begins on disk, with no problem.
 *
 * @param now milliseconds
 */
export function createReporter(
  { log, onDegraded, onRepaired, onRestored }: Listeners,
  now = () => performance.now(),
): Reporter {
  let health: Health = { kind: 'disk', problem: null };
  let repairedAt = 0;
  /** Never from within a call: who saves is in the middle of something, and may not have the store yet. */
  const pass = (listener: () => void) =>
    queueMicrotask(() => {
      try {
        listener();
      } catch (error) {
        logBug(log, 'what the store reported could not be passed on', error);
      }
    });
  return {
    get health() {
      return health;
    },
    degraded(next, error) {
      if (next.kind === 'disk') repairedAt = now();
      if (next.problem !== health.problem) {
        if (error !== undefined && troubleOf(error) === 'bug') logBug(log, next.problem, error);
        else log.error(next.problem, error === undefined ? {} : { error });
        pass(() => (next.kind === 'disk' ? onRepaired : onDegraded)(next.problem));
      }
      health = next;
    },
    restored() {
      if (health.problem === null) return;
      if (health.kind === 'disk' && now() - repairedAt < REPAIR_SHOWN) return;
      log.info(health.kind === 'disk' ? 'the repaired state is on disk' : 'the state is on disk again');
      health = { kind: 'disk', problem: null };
      pass(onRestored);
    },
  };
}
