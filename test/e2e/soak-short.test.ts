import assert from 'node:assert/strict';
import { drawSeed } from '../chaos/random.ts';
import { realTest } from '../servers/index.ts';
import { runSoak } from '../soak/play.ts';
import { explain, tableOf } from '../soak/report.ts';
import { judgeRun } from '../soak/verdict.ts';

realTest(
  'attacked on both ports and by both servers at once, each download is announced once and every liveness probe is answered',
  { needs: ['qbittorrent 5.1', 'ntfy current', 'curl'], timeout: 600_000 },
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
    const problems = judgeRun(run);
    assert.equal(problems.length, 0, explain(run, problems));
  },
);
