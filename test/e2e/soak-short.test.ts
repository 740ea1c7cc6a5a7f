import assert from 'node:assert/strict';
import { drawSeed } from '../chaos/random.ts';
import { realTest } from '../servers/index.ts';
import { runSoak } from '../soak/run.ts';
import { explain, tableOf } from '../soak/report.ts';
import { checkRun } from '../soak/check-run.ts';

realTest(
  'under attack on both ports and from both servers at once, each download is announced once and every liveness probe succeeds',
  { needs: ['qbittorrent 5.1', 'ntfy current', 'curl'] },
  async (t) => {
    const run = await runSoak({
      generation: '5.1',
      downloads: 8,
      duration: 45_000,
      hostile: 0.2,
      fromLoopback: false,
      seed: drawSeed(),
    });
    for (const line of tableOf(run)) t.diagnostic(line);
    const problems = checkRun(run);
    assert.equal(problems.length, 0, explain(run, problems));
  },
);
