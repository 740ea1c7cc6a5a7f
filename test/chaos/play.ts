/** A run of the engine as a test. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runChaos } from './engine.ts';
import type { ChaosOptions } from './engine.ts';
import { drawSeed } from './random.ts';
import { explain, summarize } from './report.ts';
import { judgeRun } from './verdict.ts';

/** Runs with `CHAOS_SEED` or a seed of its own, reports what was done and what came out, and fails on a broken promise. */
export async function playChaos(t: TestContext, options: Omit<ChaosOptions, 'seed'>): Promise<void> {
  const seed = Number(process.env['CHAOS_SEED'] ?? drawSeed());
  t.diagnostic(`CHAOS_SEED=${seed}`);
  const run = await runChaos({ ...options, seed });
  for (const line of summarize(run)) t.diagnostic(line);
  const problems = judgeRun(run);
  assert.equal(problems.length, 0, explain(run, problems));
}
