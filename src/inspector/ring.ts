import type { ActorStep } from './happening.ts';

/** The newest happenings of all actors, so many and no more. */
export interface Ring {
  /** Takes a happening; what it returns is to be told: the same step once more counts up. */
  add(happening: ActorStep): ActorStep;
  /** Of one actor, oldest first. */
  of(actor: string): ActorStep[];
  readonly length: number;
}

/** @param size the most that is kept */
export function createRing(size: number): Ring {
  const kept: ActorStep[] = [];
  let next = 0;
  /** The last of each actor that is still kept. */
  const last = new Map<string, ActorStep>();
  return {
    add(happening) {
      const before = last.get(happening.actor);
      if (before !== undefined && isSame(before, happening)) {
        // A poll that finds nothing new is no line of its own.
        return Object.assign(before, { seq: happening.seq, at: happening.at, times: before.times + 1 });
      }
      const gone = kept[next];
      if (gone !== undefined && last.get(gone.actor) === gone) last.delete(gone.actor);
      kept[next] = happening;
      next = (next + 1) % size;
      last.set(happening.actor, happening);
      return happening;
    },
    of: (actor) => kept.filter((happening) => happening.actor === actor).toSorted((a, b) => a.seq - b.seq),
    get length() {
      return kept.length;
    },
  };
}

/** The same event that led the same way. */
function isSame(a: ActorStep, b: ActorStep): boolean {
  return a.event === b.event && a.from === b.from && a.state === b.state && a.taken.join() === b.taken.join();
}
