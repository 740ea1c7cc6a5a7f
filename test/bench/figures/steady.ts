/** The cost of tracking torrents, for the sidecar and for qBittorrent, beside one login and one loop per torrent. */
import { startNtfySimulator } from '../../../src/simulator/index.ts';
import { until } from '../../servers/wait.ts';
import { atMostTimes } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { createComparison } from '../lib/comparison.ts';
import type { Cpu, Comparison } from '../lib/comparison.ts';
import { median } from '../lib/stats.ts';

const COUNTS: readonly number[] = [10, 100, 1000];
/** Seconds of a window of the sidecar: a full collection of the garbage collector every 50 s is a part of its cost. */
const SPAN = 30;
/** Seconds of the other windows, which are scaled to that length. */
const SHORT_SPAN = 10;

/** One window of each kind. */
interface Turn {
  alone: Cpu;
  sidecar: Cpu;
  loops: Cpu;
  /** One loop. */
  lone: Cpu;
}

type Client = 'sidecar' | 'loops' | 'lone';

/** One window of each kind, on all comparisons at the same time; per comparison. */
async function takeTurn(comparisons: readonly Comparison[], quick: boolean): Promise<Turn[]> {
  const [long, short] = quick ? [10, 5] : [SPAN, SHORT_SPAN];
  const onEach = async (
    seconds: number,
    act: (comparison: Comparison, seconds: number) => Promise<Cpu>,
  ): Promise<Cpu[]> => {
    const all = await Promise.all(comparisons.map((comparison) => act(comparison, seconds)));
    const scale = SPAN / seconds;
    return all.map((cpu) => ({ qbittorrent: cpu.qbittorrent * scale, client: cpu.client * scale }));
  };
  const alone = await onEach(short, (comparison, seconds) => comparison.alone(seconds));
  const tracked = await onEach(long, (comparison, seconds) => comparison.tracked(seconds));
  const looped = await onEach(short, (comparison, seconds) => comparison.looped(seconds));
  const lone = await onEach(short, (comparison, seconds) => comparison.lone(seconds));
  return comparisons.map((_, n) => ({
    alone: alone[n] ?? NONE,
    sidecar: tracked[n] ?? NONE,
    loops: looped[n] ?? NONE,
    lone: lone[n] ?? NONE,
  }));
}

const added = (turn: Turn, client: Client): number =>
  turn[client].client + turn[client].qbittorrent - turn.alone.qbittorrent;

function rowsOf(count: number, turns: readonly Turn[]): Row[] {
  const half = (part: (turn: Turn) => number) => Math.round(median(turns.map(part)));
  const own = half(({ sidecar }) => sidecar.client);
  const ofQbittorrent = half(({ sidecar, alone }) => sidecar.qbittorrent - alone.qbittorrent);
  const tracked = `${count.toLocaleString('en')} tracked`;
  return [
    atMostTimes(1 / 3, 'at most a third', {
      what: `added to both, ${tracked}`,
      note: `sidecar ${own} ms, qBittorrent ${ofQbittorrent} ms`,
      unit: 'ms',
      runs: turns.map((turn) => added(turn, 'sidecar')),
      peer: {
        what: 'a login and a poll loop per torrent',
        runs: turns.map((turn) => added(turn, 'loops')),
      },
    }),
    {
      what: `all of both, ${tracked}`,
      unit: 'ms',
      runs: turns.map(({ sidecar }) => sidecar.client + sidecar.qbittorrent),
      peer: {
        what: 'qBittorrent without client',
        runs: turns.map(({ alone }) => alone.qbittorrent),
      },
    },
  ];
}

/** The minimum for any program that polls: one poll each 5 s. */
function floorOf(count: number, turns: readonly Turn[]): Row {
  return {
    what: `the least: one loop that asks for one of ${count}, and does nothing else`,
    unit: 'ms',
    runs: turns.map((turn) => added(turn, 'lone')),
    peer: {
      what: `limit for ${count}: a third of the loops`,
      runs: turns.map((turn) => added(turn, 'loops') / 3),
    },
  };
}

/** The growth of the cost from each count to the next, which has ten times as many. */
function growthOf(counts: readonly number[], turns: ReadonlyArray<readonly Turn[]>): Row[] {
  const cost = (n: number, client: Client) => median((turns[n] ?? []).map((turn) => added(turn, client)));
  return counts.slice(1).map((count, n) => {
    const grown = (client: Client) => cost(n + 1, client) / cost(n, client);
    const times = grown('sidecar');
    return {
      what: `growth from ${counts[n]} to ${count.toLocaleString('en')} tracked`,
      unit: 'times',
      runs: [times],
      peer: { what: 'a login and a poll loop per torrent', runs: [grown('loops')] },
      reach: { text: 'less than linearly: below 10 times', holds: times < 10 },
    };
  });
}

/** Torrents that have stalled long are polled every 30 s: once in this time, without other requests. */
async function stalledTurns(
  comparisons: readonly Comparison[],
): Promise<Array<{ alone: Cpu; sidecar: Cpu }>> {
  const sidecar = await Promise.all(comparisons.map((comparison) => comparison.stalled(SPAN)));
  const alone = await Promise.all(comparisons.map((comparison) => comparison.alone(SPAN)));
  return comparisons.map((_, n) => ({ alone: alone[n] ?? NONE, sidecar: sidecar[n] ?? NONE }));
}

const NONE: Cpu = { qbittorrent: Number.NaN, client: Number.NaN };

const stalledRow = (count: number, { alone, sidecar }: { alone: Cpu; sidecar: Cpu }): Row => ({
  what: `added to both, ${count.toLocaleString('en')} tracked that are stalled for two minutes`,
  unit: 'ms',
  runs: [sidecar.client + sidecar.qbittorrent - alone.qbittorrent],
});

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const counts = quick ? COUNTS.slice(0, 2) : COUNTS;
  const ntfy = stack.use(await startNtfySimulator({ burst: 100_000, dailyLimit: 100_000 }));
  const comparisons: Comparison[] = [];
  for (const count of counts) {
    say(`${count} torrents, and as many logins of the loops`);
    comparisons.push(stack.use(await createComparison(count, `${ntfy.url}/${count}`)));
  }
  const countPublished = () => ntfy.requests.filter(({ method }) => method === 'POST').length;
  // All of them are in the summary of their sidecar.
  await until('each sidecar has sent a summary', () => countPublished() >= counts.length, { every: 1000 });
  const rounds: Turn[][] = [];
  for (let n = 0; n < (quick ? 2 : 4); n += 1) {
    say(`round ${n + 1}: no client, the sidecar, the loops, one loop`);
    rounds.push(await takeTurn(comparisons, quick));
  }
  await Promise.all(comparisons.map((comparison) => comparison.check()));
  if (!quick) say('all of them are stalled for two minutes');
  const stalled = quick ? [] : await stalledTurns(comparisons);
  const turns = comparisons.map((_, n) => rounds.flatMap((round) => round[n] ?? []));
  return [
    ...counts.flatMap((count, n) => rowsOf(count, turns[n] ?? [])),
    floorOf(counts[0] ?? 0, turns[0] ?? []),
    ...growthOf(counts, turns),
    ...stalled.map((turn, n) => stalledRow(counts[n] ?? 0, turn)),
    {
      what: "once: qBittorrent's CPU for one login, however many are tracked",
      unit: 'ms',
      runs: comparisons.map(({ logins }) => logins.sidecar),
      peer: {
        what: `${counts.at(-1)?.toLocaleString('en')} logins`,
        runs: [comparisons.at(-1)?.logins.loops ?? Number.NaN],
      },
    },
  ];
}

export const steady: Figure = {
  name: 'steady',
  title: 'Steady cost',
  how: `CPU time in ${SPAN} s, of qBittorrent and of its clients. Real qBittorrents of version 5.1: since 5.2 a qBittorrent keeps 15 sessions, so with one login per torrent the sessions replace each other and polls are answered with 403; that comparison would be unfair. The torrents have metadata and no source and are forced to download: they count as downloading and are polled every 5 s, but qBittorrent has no data to process. At the end they are no longer forced, and stalled. In turns, several times, on the same qBittorrent: no client, the sidecar with all torrents, one loop per torrent, and one loop for one torrent; the others are idle meanwhile. *Added* is the increase over the qBittorrent without client. The loops do less than the program they represent: they share open connections and send no notifications.`,
  measure,
};
