/** Servers end with their test, in whatever way it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from 'node:test';
import { realTest, startQbittorrent, until } from './index.ts';
import { isRunning } from './processes.ts';

/** A test process: it starts servers, prints their pids, and then ends or stays. */
const program = (last: string) => `
  import { startNtfy, startQbittorrent } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
  const qbittorrent = await startQbittorrent('current');
  const ntfy = await startNtfy('current');
  console.log(qbittorrent.pid, ntfy.pid);
  ${last}
`;

const ends = [
  { what: 'throws an error', last: `throw new Error('planted by the test');` },
  { what: 'receives SIGTERM', last: 'setInterval(() => {}, 1000);', signal: 'SIGTERM' },
  { what: 'is killed', last: 'setInterval(() => {}, 1000);', signal: 'SIGKILL' },
] as const;

for (const end of ends) {
  realTest(
    `no server survives when the test process ${end.what}`,
    { needs: ['qbittorrent current', 'ntfy current'] },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'qbit-ntfy-processes-'));
      const pids = await startTestProcess(end.last, folder, 'signal' in end ? end.signal : null);
      assert.equal(pids.length, 2);
      await until('the servers to end', () => !pids.some(isRunning));
      // Only a process ended by SIGKILL cannot clean up.
      if (end.what !== 'is killed')
        await until('the folders to go', async () => (await readdir(folder)).length === 0);
      await rm(folder, { recursive: true });
    },
  );
}

async function startTestProcess(
  last: string,
  folder: string,
  signal: NodeJS.Signals | null,
): Promise<number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(last)], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface(child.stdout)) {
    if (signal !== null) child.kill(signal);
    return line.split(' ').map(Number);
  }
  throw new Error('The test process printed nothing');
}

describe('a server that crashes', () => {
  const needs = ['qbittorrent current'] as const;
  let runs = 0;

  realTest('gives its test a second run', { needs }, async () => {
    await using qbittorrent = await startQbittorrent('current');
    runs += 1;
    if (runs === 2) return;
    process.kill(qbittorrent.pid, 'SIGABRT');
    await until('it to end', () => !isRunning(qbittorrent.pid));
    await qbittorrent.list();
  });

  realTest('is not one that was killed', { needs }, async () => {
    await using qbittorrent = await startQbittorrent('current');
    process.kill(qbittorrent.pid, 'SIGKILL');
    await until('it to end', () => !isRunning(qbittorrent.pid));
    await assert.rejects(qbittorrent.list(), ({ name }: Error) => name === 'TypeError');
  });
});
