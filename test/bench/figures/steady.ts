/** What it costs to follow torrents, to the sidecar and to qBittorrent, beside a login and a loop for each. */
import { startNtfySimulator } from '../../../src/simulator/index.ts';
import { until } from '../../servers/wait.ts';
import { atMostTimes } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { createStage } from '../lib/stage.ts';
import type { Stage, Window } from '../lib/stage.ts';
import { median } from '../lib/stats.ts';

const COUNTS: readonly number[] = [10, 100, 1000];
/** Windows are told as if they had been this long. */
const SPAN = 30;

/** One window of each kind, on all stages at the same time; per stage. */
async function round(stages: readonly Stage[], seconds: number): Promise<Window[]> {
  const alone = await Promise.all(stages.map((stage) => stage.alone(seconds)));
  const followed = await Promise.all(stages.map((stage) => stage.followed(seconds)));
  const looped = await Promise.all(stages.map((stage) => stage.looped(seconds)));
  return stages.map((_, n) => {
    const at = (parts: readonly number[]) => ((parts[n] ?? Number.NaN) * SPAN) / seconds;
    return { alone: at(alone), sidecar: at(followed), loops: at(looped) };
  });
}

function rowsOf(count: number, windows: readonly Window[]): Row[] {
  const runs = (cost: (window: Window) => number) => windows.map(cost);
  return [
    atMostTimes(1 / 3, 'at most a third', {
      what: `added to both, ${count.toLocaleString('en')} tracked`,
      unit: 'ms',
      runs: runs(({ sidecar, alone }) => sidecar - alone),
      peer: {
        what: 'a login and a poll loop per torrent',
        runs: runs(({ loops, alone }) => loops - alone),
      },
    }),
    {
      what: `all of both, ${count.toLocaleString('en')} tracked`,
      unit: 'ms',
      runs: runs(({ sidecar }) => sidecar),
      peer: { what: 'qBittorrent that nobody asks', runs: runs(({ alone }) => alone) },
    },
  ];
}

/** How many times the cost grew from each count to the next, which has ten times as many. */
function growthOf(counts: readonly number[], windows: ReadonlyArray<readonly Window[]>): Row[] {
  const cost = (n: number, who: 'sidecar' | 'loops') =>
    median((windows[n] ?? []).map((window) => window[who] - window.alone));
  return counts.slice(1).map((count, n) => {
    const grown = (who: 'sidecar' | 'loops') => cost(n + 1, who) / cost(n, who);
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

async function measure({ quick, say }: Context): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const counts = quick ? COUNTS.slice(0, 2) : COUNTS;
  const ntfy = stack.use(await startNtfySimulator({ burst: 100_000, dailyLimit: 100_000 }));
  const stages: Stage[] = [];
  for (const count of counts) {
    say(`${count} torrents, and as many logins of the loops`);
    stages.push(stack.use(await createStage(count, `${ntfy.url}/${count}`)));
  }
  // After two minutes each of them has a card that says so; quick rounds are over before that.
  const told = () => ntfy.requests.filter(({ method }) => method === 'POST').length;
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (!quick)
    await until('all are told to be stalled', () => told() >= all, { deadline: 240_000, every: 1000 });
  const rounds: Window[][] = [];
  for (let n = 0; n < (quick ? 2 : 4); n += 1) {
    say(`round ${n + 1}: nobody, the sidecar, the loops`);
    rounds.push(await round(stages, quick ? 5 : 15));
  }
  await Promise.all(stages.map((stage) => stage.check()));
  const windows = stages.map((_, n) => rounds.flatMap((round) => round[n] ?? []));
  return [
    ...counts.flatMap((count, n) => rowsOf(count, windows[n] ?? [])),
    ...growthOf(counts, windows),
    {
      what: "once: qBittorrent's CPU for one login, however many are tracked",
      unit: 'ms',
      runs: stages.map(({ logins }) => logins.sidecar),
      peer: {
        what: `${counts.at(-1)?.toLocaleString('en')} logins`,
        runs: [stages.at(-1)?.logins.loops ?? Number.NaN],
      },
    },
  ];
}

export const steady: Figure = {
  name: 'steady',
  title: 'Steady cost',
  how: `CPU time in ${SPAN} s, of qBittorrent and of what asks it. Real qBittorrents of the generation 5.1: since 5.2 a qBittorrent keeps 15 sessions, so that a login per torrent throws out the others' and their polls are answered with 403; a comparison with that would flatter. Each has so many torrents with metadata and no source, which are polled each 5 s. In turns, several times, on the same qBittorrent, nobody asks it, the sidecar follows all of them, and a loop follows each of them; the others rest meanwhile. *Added* is what came on top of the qBittorrent that nobody asks. The loops are leaner than the program that they stand for: they share kept connections, and tell nothing.`,
  measure,
};
