/** A console on which XState may warn only of what holds for any process that is killed, and repeatable jitter. */
import assert from 'node:assert/strict';
import { after } from 'node:test';

const complaints: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...said: unknown[]) => {
    if (!String(said[0]).includes('was sent to stopped actor')) complaints.push(said);
  };
}
after(() => assert.deepEqual(complaints, [], 'XState complained'));

/** Makes jitter repeatable: a failed property names its seed, and the same run must come of it. */
export function seedJitter(): void {
  let state = 42;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
