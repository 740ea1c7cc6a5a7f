/**
 * Downloads under attack for `SOAK_MINUTES` (default 10): `npm run test:soak`, on an otherwise idle machine.
 * Its output is in docs/guarantees.md.
 */
import assert from 'node:assert/strict';
import { drawSeed } from '../chaos/random.ts';
import { realTest } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';
import { runSoak } from './run.ts';
import { explain, lateProbes, PROBE_LIMIT, tableOf } from './report.ts';
import { checkRun, missingAnswers } from './check-run.ts';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 10);
const DOWNLOADS = Number(process.env['SOAK_DOWNLOADS'] ?? 20 * MINUTES);
const GENERATION = (process.env['SOAK_QBITTORRENT'] ?? '5.1') as QbittorrentGeneration;

realTest(
  `${DOWNLOADS} downloads in ${MINUTES} minutes of all attacks at once: each is announced once, /livez answers within a second, memory stays below the limit`,
  {
    needs: [`qbittorrent ${GENERATION}`, 'ntfy current', 'curl'],
    timeout: MINUTES * 60_000 + 900_000,
  },
  async (t) => {
    const seed = Number(process.env['SOAK_SEED'] ?? drawSeed());
    const run = await runSoak({
      generation: GENERATION,
      downloads: DOWNLOADS,
      duration: MINUTES * 60_000,
      hostile: 0.1,
      fromLoopback: process.env['SOAK_FROM_LOOPBACK'] === 'true',
      seed,
    });
    for (const line of tableOf(run)) t.diagnostic(line);
    const missing = MINUTES < 5 ? [] : missingAnswers(run);
    const late = lateProbes(run).length;
    const problems = [
      ...checkRun(run),
      ...missing.map((name) => `no server ever answered with ${name}`),
      ...(late > 0 ? [`${late} liveness probes were not answered within ${PROBE_LIMIT} ms`] : []),
    ];
    assert.equal(problems.length, 0, explain(run, problems));
  },
);
