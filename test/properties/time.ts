/**
 * Fails the tests if XState prints a warning, except about events to stopped actors, which a killed process causes; makes
 * jitter repeatable.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';

const warnings: unknown[][] = [];
for (const method of ['warn', 'error'] as const) {
  console[method] = (...args: unknown[]) => {
    if (!String(args[0]).includes('was sent to stopped actor')) warnings.push(args);
  };
}
after(() => assert.deepEqual(warnings, [], 'XState printed warnings'));

/** Makes jitter repeatable: a failed property prints its seed, which has to reproduce the run. */
export function seedJitter(): void {
  let state = 42;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
