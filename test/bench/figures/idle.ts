/** What it costs to do nothing. */
import { startNtfySimulator } from '../../../src/simulator/index.ts';
import { sleep, until } from '../../servers/wait.ts';
import { callHook } from '../lib/hook-call.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { atMostTimes } from '../lib/figure.ts';
import { cpuOf, wakeUpsOf } from '../lib/proc.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import type { Simulator } from '../lib/simulator.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';
import type { Sidecar, Subject } from '../lib/subjects.ts';

/** One that has already followed a torrent to its end: what it was used for must not keep it awake. */
async function startUsed(qbittorrent: Simulator, ntfy: string, hash: string): Promise<Sidecar> {
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    ...LOGIN,
    NTFY_TOPIC: `${ntfy}/downloads`,
  });
  await qbittorrent.add([hash], [{ phase: 'downloading', rate: 200_000_000 }, { phase: 'complete' }]);
  await callHook(sidecar.port, hash);
  await until('it is followed', async () => (await sidecar.status()).torrents.length > 0);
  await until('it is over', async () => (await sidecar.status()).torrents.length === 0);
  return sidecar;
}

interface Rest {
  cpu: number[];
  wakeUps: number[];
}

/** What each of them does in this time, a minute's worth. */
async function watch(subjects: readonly Subject[], seconds: number): Promise<Rest> {
  const look = () => subjects.map(({ pid }) => ({ cpu: cpuOf(pid), wakeUps: wakeUpsOf(pid) }));
  const before = look();
  await sleep(seconds * 1000);
  const after = look();
  const difference = (what: 'cpu' | 'wakeUps') =>
    after.map((values, n) => ((values[what] - (before[n]?.[what] ?? 0)) * 60) / seconds);
  return { cpu: difference('cpu'), wakeUps: difference('wakeUps') };
}

/** Floors and sidecars take turns. */
const of = (values: readonly number[], which: 0 | 1) => values.filter((_, n) => n % 2 === which);

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const pairs: { floor: Subject; sidecar: Sidecar }[] = [];
  for (const hash of hashes(quick ? 2 : 5)) {
    const sidecar = stack.use(await startUsed(qbittorrent, ntfy.url, hash));
    pairs.push({ sidecar, floor: stack.use(await startPeer('floor')) });
  }
  say('waiting until kept connections are closed');
  await sleep(quick ? 8000 : 20_000);
  const asked = async () => (await qbittorrent.count()).requests + ntfy.requests.length;
  const before = await asked();
  const seconds = quick ? 10 : 60;
  say(`doing nothing for ${seconds} s`);
  const subjects = pairs.flatMap(({ floor, sidecar }) => [floor, sidecar]);
  const { cpu, wakeUps } = await watch(subjects, seconds);
  const requests = (await asked()) - before;
  const what = 'a bare `node:http` server';
  return [
    {
      what: 'requests to qBittorrent and ntfy, in a minute',
      unit: 'count',
      runs: [requests],
      reach: { text: '0', holds: requests === 0 },
    },
    atMostTimes(2, 'at most twice the floor', {
      what: 'CPU in a minute',
      unit: 'ms',
      runs: of(cpu, 1),
      peer: { what, runs: of(cpu, 0) },
    }),
    {
      what: 'wake-ups in a minute',
      unit: 'count',
      runs: of(wakeUps, 1),
      peer: { what, runs: of(wakeUps, 0) },
    },
  ];
}

export const idle: Figure = {
  name: 'idle',
  title: 'Idle',
  how: 'Nothing is tracked any more; each sidecar has followed one torrent to its end before. All of them and as many bare servers rest through the same minute. A wake-up is a thread that slept and was woken (`voluntary_ctxt_switches`).',
  measure,
};
