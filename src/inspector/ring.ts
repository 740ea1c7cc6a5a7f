import type { ActorStep } from './actor-step.ts';

/** The newest steps of all actors, in a ring buffer. */
export interface Ring {
  /** Stores a step. Returns the stored one: a repeated step increments the count of the one before. */
  add(step: ActorStep): ActorStep;
  /** The steps of one actor, oldest first. */
  stepsOf(actor: string): ActorStep[];
  readonly length: number;
}

/** @param size maximum number of steps */
export function createRing(size: number): Ring {
  const steps: ActorStep[] = [];
  let next = 0;
  /** The last step of each actor, while it is in the ring. */
  const last = new Map<string, ActorStep>();
  return {
    add(step) {
      const before = last.get(step.actor);
      if (before !== undefined && isSame(before, step)) {
        // A poll without changes does not add a step.
        return Object.assign(before, { seq: step.seq, at: step.at, times: before.times + 1 });
      }
      const overwritten = steps[next];
      if (overwritten !== undefined && last.get(overwritten.actor) === overwritten)
        last.delete(overwritten.actor);
      steps[next] = step;
      next = (next + 1) % size;
      last.set(step.actor, step);
      return step;
    },
    stepsOf: (actor) => steps.filter((step) => step.actor === actor).toSorted((a, b) => a.seq - b.seq),
    get length() {
      return steps.length;
    },
  };
}

/** The same event with the same transitions. */
function isSame(a: ActorStep, b: ActorStep): boolean {
  return a.event === b.event && a.from === b.from && a.state === b.state && a.taken.join() === b.taken.join();
}
