import type { Logger } from '../log/index.ts';

/** Where the state is, and what is wrong, for people; `problem` is `null` when nothing is. */
export interface Health {
  readonly kind: 'disk' | 'memory';
  readonly problem: string | null;
}

/** Who hears of the health. */
export interface Listeners {
  log: Logger;
  onDegraded: (problem: string) => void;
  onRestored: () => void;
}

/** Remembers the health and says each change of it once. */
export interface Reporter {
  readonly health: Health;
  degraded(health: Health & { problem: string }, error?: unknown): void;
  /** What was only in memory is on the disk. */
  restored(): void;
}

/** Begins on disk, with no problem. */
export function createReporter({ log, onDegraded, onRestored }: Listeners): Reporter {
  let health: Health = { kind: 'disk', problem: null };
  /** Never from within a call: who saves is in the middle of something, and may not have the store yet. */
  const pass = (listener: () => void) =>
    queueMicrotask(() => {
      try {
        listener();
      } catch (error) {
        log.error('what the store said could not be passed on', { error });
      }
    });
  return {
    get health() {
      return health;
    },
    degraded(next, error) {
      if (next.problem !== health.problem) {
        log.error(next.problem, error === undefined ? {} : { error });
        pass(() => onDegraded(next.problem));
      }
      health = next;
    },
    restored() {
      if (health.kind === 'disk') return;
      health = { kind: 'disk', problem: null };
      log.info('the state is on disk again');
      pass(onRestored);
    },
  };
}
