/** Free ports on loopback. */
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A free TCP port on 127.0.0.1.
 *
 * It is chosen below the range that kernels assign automatically (32768 and up on Linux): between the
 * check and the server's own bind, no outgoing connection of another process can take it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('Found no free port between 20000 and 32000 on loopback');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
