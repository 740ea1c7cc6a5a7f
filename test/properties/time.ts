/** A console on which XState may warn only about what any killed process causes, and repeatable jitter. */
import assert from 'node:assert/strict';
import { after } from 'node:test';

const complaints: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...args: unknown[]) => {
    if (!String(args[0]).includes('was sent to stopped actor')) complaints.push(args);
  };
}
after(() => assert.deepEqual(complaints, [], 'XState complained'));

/** Makes jitter repeatable: a failed property prints its seed, which has to reproduce the run. */
export function seedJitter(): void {
  let state = 42;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
