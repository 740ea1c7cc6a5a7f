/** The latency of the hook under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { callHook } from '../lib/hook-call.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { cpuBetween, readCpu } from '../lib/proc.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';
import type { Subject } from '../lib/subjects.ts';
import { quantile } from '../lib/stats.ts';

/** Calls a second: of a real qBittorrent at most 225 were measured. */
const RATES = [300, 500] as const;
type Rate = (typeof RATES)[number];

/** Milliseconds within which 99 % are answered. */
const LIMITS: Record<Rate, number> = { 300: 10, 500: 50 };

const SECONDS = 10;

/** Milliseconds until the first call is due: the timers of all calls are started before. */
const LEAD = 500;

interface Load {
  latencies: number[];
  refused: number;
  /** The latencies of answered calls in milliseconds. */
  cpu: number;
}

/** Flags that save memory, and cost time. */
const THRIFT = /^--(?:max-semi-space-size|optimize-for-size|no-opt|no-maglev)/;

/** Calls at a constant rate, whether or not earlier ones were answered; each is measured from its scheduled time. */
async function load({ pid, port }: Subject, list: readonly string[], rate: Rate): Promise<Load> {
  const before = readCpu(pid);
  const from = performance.now() + LEAD;
  const latencies: number[] = [];
  let refused = 0;
  const calls = list.map(async (hash, n) => {
    const due = from + (n * 1000) / rate;
    await sleep(Math.max(0, due - performance.now()));
    if (!(await callHook(port, hash))) refused += 1;
    latencies.push(performance.now() - due);
  });
  await Promise.all(calls);
  return { latencies, refused, cpu: cpuBetween(before, readCpu(pid)) };
}

type Measured = 'floor' | 'sidecar' | 'unthrifty';

async function atSidecar(list: readonly string[], rate: Rate, without?: RegExp): Promise<Load> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const env = { QBIT_HOST: qbittorrent.url, ...LOGIN, NTFY_TOPIC: 'http://127.0.0.1:9/downloads' };
  // They are in qBittorrent before they are tracked: each poll has to read all of them.
  const subject = stack.use(await startSidecar(env, without));
  await sleep(1000);
  await qbittorrent.add(list, [{ phase: 'stalled' }]);
  return await load(subject, list, rate);
}

async function round(rate: Rate): Promise<Record<Measured, Load>> {
  await using bare = await startPeer('floor');
  const list = hashes(SECONDS * rate);
  const floor = await load(bare, list, rate);
  return { floor, sidecar: await atSidecar(list, rate), unthrifty: await atSidecar(list, rate, THRIFT) };
}

async function measureRate(rate: Rate, { quick, say }: Context): Promise<Row[]> {
  const rounds: Array<Record<Measured, Load>> = [];
  for (let n = 0; n < (quick ? 1 : 3); n += 1) {
    say(`${rate} calls a second, round ${n + 1}`);
    rounds.push(await round(rate));
  }
  const beside = (read: (load: Load) => number, measured: Measured = 'sidecar') => ({
    unit: 'ms' as const,
    runs: rounds.map((round) => read(round[measured])),
    peer: { what: 'a bare `node:http` server', runs: rounds.map(({ floor }) => read(floor)) },
  });
  const row = (share: number, measured?: Measured) =>
    beside(({ latencies }) => quantile(latencies, share), measured);
  const refused = rounds.map(({ sidecar }) => sidecar.refused);
  const limit = LIMITS[rate];
  const prefix = `${rate} a second`;
  return [
    { what: `${prefix}: half of them within`, ...row(0.5) },
    atMost(limit, `under ${limit} ms`, { what: `${prefix}: 99 % within`, ...row(0.99) }),
    { what: `${prefix}: all within`, ...row(1) },
    { what: `${prefix}: CPU in these 10 s`, ...beside(({ cpu }) => cpu) },
    { what: `${prefix}: without the flags that save memory: 99 % within`, ...row(0.99, 'unthrifty') },
    { what: `${prefix}: without the flags that save memory: CPU`, ...beside(({ cpu }) => cpu, 'unthrifty') },
    {
      what: `${prefix}: not answered with 200`,
      unit: 'count',
      runs: refused,
      reach: { text: 'none', holds: refused.every((count) => count === 0) },
    },
  ];
}

async function measure(context: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const rate of RATES) rows.push(...(await measureRate(rate, context)));
  return rows;
}

export const hook: Figure = {
  name: 'hook',
  title: 'Hook',
  how: 'For 10 s, 300 and 500 calls of `POST /track` a second, each for a new torrent on a separate connection, as curl makes them; a real qBittorrent makes up to 225. They are sent at a constant rate whether or not earlier ones were answered, and their time counts from when they were due. All torrents are in a simulated qBittorrent, which is polled meanwhile.',
  measure,
};
