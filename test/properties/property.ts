/** Checks a property: many timelines, each in a separate world, until one violates it. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { live, RULE_STEPS, settleDown, timelines } from './timeline.ts';
import type { Timeline } from './timeline.ts';
import { createModel } from './model.ts';
import type { Model, ModelOptions } from './model.ts';

/** `PROPERTY_RUNS=20` runs twenty times as many. */
const TIMES = Number(process.env['PROPERTY_RUNS'] ?? 1);

export const runs = (count: number): number => Math.max(1, Math.round(count * TIMES));

interface Trial {
  runs: number;
  check: (model: Model) => void;
  options?: ModelOptions;
  before?: (model: Model) => void;
  /** Whether everything settles before the check. Default: true. */
  settles?: boolean;
  without?: Parameters<typeof timelines>[0];
  /** Timelines that violated it once. */
  examples?: readonly Timeline[];
}

/**
 * Runs a timeline, lets everything settle, and then `check` must pass. fast-check prints seed and timeline of a
 * failure.
 */
export async function holds(trial: Trial): Promise<void> {
  const { check, options, before, settles = true, examples = [] } = trial;
  const without = [...(trial.without ?? []), ...(options?.rules === undefined ? RULE_STEPS : [])];
  await fc.assert(
    fc.asyncProperty(timelines(without), async (timeline) => {
      const model = createModel(options);
      before?.(model);
      await live(model, timeline);
      if (settles) await settleDown(model);
      assert.deepEqual(model.errors, [], 'the supervisor itself failed');
      check(model);
      model.end(1);
    }),
    {
      numRuns: runs(trial.runs),
      examples: examples.map((timeline): [Timeline] => [timeline]),
    },
  );
}
