import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { ensureBundle } from '../../src/development/bundle.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { freePort } from '../servers/ports.ts';
import { until } from '../servers/wait.ts';
import { scrape } from './samples.ts';

/** How often the main thread of a process has been woken. */
const wakeUps = (pid: number): number =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

test(
  'a sidecar whose metrics were requested is as idle afterwards as one without requests',
  { skip: process.platform !== 'linux' && 'only Linux counts how often a process wakes' },
  async () => {
    await using qbittorrent = await startQbittorrentSimulator({ bypassLocalAuth: true });
    const port = await freePort();
    const child = spawn(process.execPath, [await ensureBundle()], {
      cwd: join(import.meta.dirname, '..', '..'),
      env: {
        QBIT_HOST: qbittorrent.url,
        NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
        HOOK_PORT: '0',
        OPS_HOST: '127.0.0.1',
        OPS_PORT: String(port),
      },
      stdio: 'ignore',
    });
    try {
      const pid = child.pid ?? 0;
      await until('it has scanned', () => qbittorrent.requests.length >= 4);
      // A garbage collection may be pending.
      await sleep(1000);
      const measure = async () => {
        const from = wakeUps(pid);
        await sleep(2000);
        return wakeUps(pid) - from;
      };
      const before = await measure();
      for (let count = 0; count < 5; count += 1) await scrape({ ops: { port } });
      await sleep(1000);
      const after = await measure();
      // An event loop monitor, as metrics libraries start it, would wake it a hundred times a second.
      assert.ok(after < before + 60, `woken ${before} times in 2 s before, ${after} times after`);
    } finally {
      child.kill();
    }
  },
);
