/** Free ports on loopback. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file for each port that a test process uses: its name is the port, its content the process. */
const claims = join(tmpdir(), 'qbit-ntfy-ports');
const own = new Set<number>();

/**
 * A free TCP port on 127.0.0.1, which no other test process gets while this one runs: a qBittorrent whose port is in
 * use runs without it, and the other server would answer in its place.
 *
 * It is chosen below the range that kernels assign automatically (32768 and up on Linux): between the
 * check and the server's own bind, no outgoing connection of another process can take it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (own.has(port) || !claim(port)) continue;
    if (await isFree(port)) return port;
  }
  throw new Error('Found no free port between 20000 and 32000 on loopback');
}

function claim(port: number): boolean {
  const file = join(claims, String(port));
  try {
    mkdirSync(claims, { recursive: true });
    if (!isRunning(file)) rmSync(file, { force: true });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    return false; // another process was first, or another user's did not clean up
  }
  if (own.size === 0) process.once('exit', releaseAll);
  own.add(port);
  return true;
}

/** Whether the process that claimed a port is running; `false` if there is none. */
function isRunning(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function releaseAll(): void {
  for (const port of own) rmSync(join(claims, String(port)), { force: true });
  try {
    rmdirSync(claims);
  } catch {
    // Others have claims.
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
