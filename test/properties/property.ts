/** Checks a property: many timelines, each in a separate model, until one violates it. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { BUTTON_STEPS, RULE_STEPS, timelines } from './steps.ts';
import { finishAndSettle, runTimeline } from './timeline.ts';
import type { Timeline } from './steps.ts';
import { createModel } from './model.ts';
import type { Model, ModelOptions } from './model.ts';

/** `PROPERTY_RUNS=20` runs twenty times as many. */
const TIMES = Number(process.env['PROPERTY_RUNS'] ?? 1);

export const runs = (count: number): number => Math.max(1, Math.round(count * TIMES));

interface PropertyCheck {
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
export async function holds(property: PropertyCheck): Promise<void> {
  const { check, options, before, settles = true, examples = [] } = property;
  const without = [
    ...(property.without ?? []),
    ...(options?.rules === undefined ? RULE_STEPS : []),
    ...(options?.buttons === undefined ? BUTTON_STEPS : []),
  ];
  await fc.assert(
    fc.asyncProperty(timelines(without), async (timeline) => {
      const model = createModel(options);
      before?.(model);
      await runTimeline(model, timeline);
      if (settles) await finishAndSettle(model);
      assert.deepEqual(model.errors, [], 'the supervisor itself failed');
      check(model);
      model.end(1);
    }),
    {
      numRuns: runs(property.runs),
      examples: examples.map((timeline): [Timeline] => [timeline]),
    },
  );
}
