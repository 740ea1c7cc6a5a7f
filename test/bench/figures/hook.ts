/** How fast the hook is answered under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { callHook } from '../lib/hook-call.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';
import { quantile } from '../lib/stats.ts';

const RATE = 500;

interface Load {
  latencies: number[];
  refused: number;
}

/** Calls at an even rate, whether or not earlier ones were answered; each waits from when it was due. */
async function load(port: number, list: readonly string[]): Promise<Load> {
  const from = performance.now();
  const latencies: number[] = [];
  let refused = 0;
  const calls = list.map(async (hash, n) => {
    const due = from + (n * 1000) / RATE;
    await sleep(Math.max(0, due - performance.now()));
    if (!(await callHook(port, hash))) refused += 1;
    latencies.push(performance.now() - due);
  });
  await Promise.all(calls);
  return { latencies, refused };
}

async function round(seconds: number): Promise<{ floor: Load; sidecar: Load }> {
  await using stack = new AsyncDisposableStack();
  const list = hashes(seconds * RATE);
  const bare = stack.use(await startPeer('floor'));
  const floor = await load(bare.port, list);
  const qbittorrent = stack.use(await startSimulator());
  // They are there before they are tracked: each poll has all of them to read.
  const subject = stack.use(
    await startSidecar({ QBIT_HOST: qbittorrent.url, ...LOGIN, NTFY_TOPIC: 'http://127.0.0.1:9/downloads' }),
  );
  await sleep(1000);
  await qbittorrent.add(list, [{ phase: 'stalled' }]);
  return { floor, sidecar: await load(subject.port, list) };
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const rounds: Awaited<ReturnType<typeof round>>[] = [];
  for (let n = 0; n < (quick ? 1 : 3); n += 1) {
    say(`${RATE} calls a second, round ${n + 1}`);
    rounds.push(await round(10));
  }
  const at = (who: 'floor' | 'sidecar', share: number) =>
    rounds.map((round) => quantile(round[who].latencies, share));
  const row = (share: number) => ({
    unit: 'ms' as const,
    runs: at('sidecar', share),
    peer: { what: 'a bare `node:http` server', runs: at('floor', share) },
  });
  const refused = rounds.map(({ sidecar }) => sidecar.refused);
  return [
    { what: 'half of the calls within', ...row(0.5) },
    atMost(10, 'under 10 ms', { what: '99 % within', ...row(0.99) }),
    { what: 'all within', ...row(1) },
    {
      what: 'calls not answered with 200',
      unit: 'count',
      runs: refused,
      reach: { text: 'none', holds: refused.every((count) => count === 0) },
    },
  ];
}

export const hook: Figure = {
  name: 'hook',
  title: 'Hook',
  how: 'For 10 s, 500 calls a second of `POST /track`, each of a new torrent on a connection of its own, as curl does it. They come at an even rate whether or not earlier ones were answered, and wait from when they were due. All of them are in a simulated qBittorrent, which is polled meanwhile.',
  measure,
};
