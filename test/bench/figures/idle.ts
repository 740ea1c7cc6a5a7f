/** The cost of being idle. */
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

/** One that has already tracked a torrent to its end: earlier use must not cost anything later. */
async function startUsed(
  qbittorrent: Simulator,
  ntfy: string,
  { hash, seen }: { hash: string; seen: boolean },
): Promise<Sidecar> {
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    ...LOGIN,
    NTFY_TOPIC: `${ntfy}/downloads`,
  });
  await qbittorrent.add([hash], [{ phase: 'downloading', rate: 200_000_000 }, { phase: 'complete' }]);
  await callHook(sidecar.port, hash);
  const leave = seen ? await openPage(sidecar) : null;
  await until('it is tracked', async () => (await sidecar.status()).torrents.length > 0);
  await until('it is over', async () => (await sidecar.status()).torrents.length === 0);
  leave?.();
  return sidecar;
}

/** A client has the page open until the returned function is called. */
async function openPage({ opsPort }: Sidecar): Promise<() => void> {
  const controller = new AbortController();
  const { signal } = controller;
  const stream = await fetch(`http://127.0.0.1:${opsPort}/events`, { signal });
  if (!stream.ok) throw new Error(`the page's stream answered ${stream.status}`);
  // Read as a browser reads it; the abort ends it.
  void stream.text().catch(() => undefined);
  return () => controller.abort();
}

interface Rest {
  cpu: number[];
  wakeUps: number[];
}

/** The cost of each during this time, scaled to a minute. */
async function watch(subjects: readonly Subject[], seconds: number): Promise<Rest> {
  const read = () => subjects.map(({ pid }) => ({ cpu: cpuOf(pid), wakeUps: wakeUpsOf(pid) }));
  const before = read();
  await sleep(seconds * 1000);
  const after = read();
  const difference = (what: 'cpu' | 'wakeUps') =>
    after.map((values, n) => ((values[what] - (before[n]?.[what] ?? 0)) * 60) / seconds);
  return { cpu: difference('cpu'), wakeUps: difference('wakeUps') };
}

/** They are measured in turns. */
const ORDER = ['floor', 'sidecar', 'seen'] as const;
const of = (values: readonly number[], which: (typeof ORDER)[number]) =>
  values.filter((_, n) => ORDER[n % ORDER.length] === which);

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const subjects: Subject[] = [];
  const rounds = quick ? 2 : 5;
  const torrents = hashes(2 * rounds);
  for (let round = 0; round < rounds; round += 1) {
    const [hash = '', other = ''] = torrents.slice(2 * round);
    subjects.push(
      stack.use(await startPeer('floor')),
      stack.use(await startUsed(qbittorrent, ntfy.url, { hash, seen: false })),
      stack.use(await startUsed(qbittorrent, ntfy.url, { hash: other, seen: true })),
    );
  }
  say('waiting until kept connections are closed');
  await sleep(quick ? 8000 : 20_000);
  const countRequests = async () => (await qbittorrent.count()).requests + ntfy.requests.length;
  const before = await countRequests();
  const seconds = quick ? 10 : 60;
  say(`doing nothing for ${seconds} s`);
  const { cpu, wakeUps } = await watch(subjects, seconds);
  const requests = (await countRequests()) - before;
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
      runs: of(cpu, 'sidecar'),
      peer: { what, runs: of(cpu, 'floor') },
    }),
    {
      what: 'wake-ups in a minute',
      unit: 'count',
      runs: of(wakeUps, 'sidecar'),
      peer: { what, runs: of(wakeUps, 'floor') },
    },
    atMostTimes(1.5, 'as without', {
      what: 'wake-ups in a minute, after its page was open',
      unit: 'count',
      runs: of(wakeUps, 'seen'),
      peer: { what: 'one whose page was never opened', runs: of(wakeUps, 'sidecar') },
    }),
  ];
}

export const idle: Figure = {
  name: 'idle',
  title: 'Idle',
  how: 'Nothing is tracked any more; each sidecar has tracked one torrent until its completion. For some of them the page was open meanwhile, and is closed now. All of them and as many bare servers are idle during the same minute. A wake-up is a voluntary context switch of a thread (`voluntary_ctxt_switches`).',
  measure,
};
