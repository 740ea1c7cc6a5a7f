/** A run of the engine as a test. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { runChaos } from './engine.ts';
import type { ChaosOptions } from './engine.ts';
import { drawSeed } from './random.ts';
import { explain, summarize } from './report.ts';
import { checkRun } from './check-run.ts';

/** Runs with `CHAOS_SEED` or a random seed, reports actions and outcomes, and fails on a violated guarantee. */
export async function runChaosTest(t: TestContext, options: Omit<ChaosOptions, 'seed'>): Promise<void> {
  const seed = Number(process.env['CHAOS_SEED'] ?? drawSeed());
  t.diagnostic(`CHAOS_SEED=${seed}`);
  const run = await runChaos({ ...options, seed });
  for (const line of summarize(run)) t.diagnostic(line);
  const problems = checkRun(run);
  assert.equal(problems.length, 0, explain(run, problems));
}
