/** From SIGTERM to the end of the process. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sleep, until } from '../../servers/wait.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';

const COUNTS = [0, 1000, 10_000];
const UNREACHABLE = 'http://127.0.0.1:9';

/** It accepts connections and never answers. */
async function startSilent(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Its clients have ended by then.
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

async function stopWith(count: number, { ntfy, finish }: { ntfy: string; finish: boolean }): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const sidecar = stack.use(
    await startSidecar({ QBIT_HOST: qbittorrent.url, ...LOGIN, NTFY_TOPIC: `${ntfy}/downloads` }),
  );
  await until('it has logged in', async () => (await sidecar.status()).session.state === 'ready');
  await qbittorrent.hook(sidecar.port);
  const script = finish
    ? ([{ phase: 'downloading' }, { phase: 'complete' }] as const)
    : ([{ phase: 'stalled' }] as const);
  await qbittorrent.add(hashes(count), [...script]);
  const state = `state="${finish ? 'complete' : 'stalled'}"`;
  const ready = async () => (await sidecar.metric('qbit_ntfy_torrents', state)) === count;
  await until(`${count} with ${state}`, ready, { deadline: 120_000, every: 500 });
  await sleep(500);
  return await sidecar.end();
}

async function floor(): Promise<number> {
  await using bare = await startPeer('floor');
  await sleep(500);
  return await bare.end();
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using silent = await startSilent();
  const rounds = quick ? 1 : 3;
  const ends = new Map<string, number[]>();
  const bare: number[] = [];
  const note = (what: string, took: number) => void ends.set(what, [...(ends.get(what) ?? []), took]);
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1}`);
    bare.push(await floor());
    for (const count of COUNTS) {
      const took = await stopWith(count, { ntfy: UNREACHABLE, finish: false });
      note(`${count.toLocaleString('en')} tracked`, took);
    }
    const took = await stopWith(1000, { ntfy: silent.url, finish: true });
    note('1,000 completions queued, ntfy does not answer', took);
  }
  return [...ends].map(([what, runs]) => ({
    what,
    unit: 'ms',
    runs,
    peer: { what: 'a bare `node:http` server, which the signal kills', runs: bare },
    reach: { text: 'each within 2 s', holds: Math.max(...runs) <= 2000 },
  }));
}

export const stop: Figure = {
  name: 'stop',
  title: 'Stop',
  how: 'From SIGTERM until the end of the process, with torrents in a simulated qBittorrent. Requests in flight may finish within a second; a completion that ntfy has not accepted stays stored.',
  measure,
};
