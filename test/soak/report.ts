/** The figures of a run as a table, and details for debugging. */
import type { Run } from './run.ts';
import { readMemoryLimit } from './probe.ts';
import { outcomesOf } from './check-run.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Time limit of a liveness probe in milliseconds: the kubelet's default. */
export const PROBE_LIMIT = 1000;

/** The probes that a kubelet with a timeout of one second would count as failed. */
export const lateProbes = ({ watch: { probes } }: Run) =>
  probes.filter(({ ok, ms }) => !ok || ms > PROBE_LIMIT);

/** A Markdown table for docs/guarantees.md. */
export function tableOf(run: Run): string[] {
  const rows = [...downloadRows(run), ...watchRows(run), ...attackRows(run)];
  return ['| what | figure |', '| --- | --- |', ...rows.map(([what, figure]) => `| ${what} | ${figure} |`)];
}

type Row = [what: string, figure: string];

function downloadRows(run: Run): Row[] {
  const outcomes = outcomesOf(run);
  const accepted = sum(outcomes.map(({ accepted }) => accepted));
  return [
    ['qBittorrent', `${run.generation}, seed ${run.seed}`],
    ['downloads', String(outcomes.length)],
    [
      'announced exactly once',
      String(outcomes.filter(({ sounds, repeated }) => sounds === 1 && repeated === 0).length),
    ],
    ['completion messages accepted by ntfy, with those whose answer was lost', String(accepted)],
    ['announced more than once', String(outcomes.filter(({ sounds }) => sounds > 1).length)],
    ['never announced', String(outcomes.filter(({ sounds }) => sounds === 0).length)],
  ];
}

function watchRows(run: Run): Row[] {
  const { probes, memory, peak, cpu } = run.watch;
  const times = probes.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const memoryIn = (from: number, to: number) => {
    const part = memory.slice(Math.floor(memory.length * from), Math.ceil(memory.length * to));
    return `${Math.round(
      share(
        part.toSorted((a, b) => a - b),
        0.5,
      ),
    )} MiB`;
  };
  const lines = run.processes.flatMap(({ output }) => output.split('\n').slice(0, -1));
  const warnings = lines.filter((line) => !line.includes('"level":"info"'));
  return [
    [
      '`/livez`, once a second on a new connection: median, 99 %, maximum',
      [share(times, 0.5), share(times, 0.99), share(times, 1)].map((ms) => `${Math.round(ms)} ms`).join(', '),
    ],
    [
      `\`/livez\` not answered within ${PROBE_LIMIT / 1000} s`,
      `${lateProbes(run).length} of ${probes.length}`,
    ],
    [
      'the late answers, by the second of the attack',
      lateProbes(run)
        .map(({ at, ms }) => `${Math.round((at - (probes[0]?.at ?? at)) / 1000)}: ${Math.round(ms)} ms`)
        .join(', ') || 'none',
    ],
    [
      'delay of a timer of the prober, which shows how busy the machine is',
      `at most ${Math.round(Math.max(...probes.map(({ lag }) => lag)))} ms`,
    ],
    ['resident memory: maximum (limit)', `${Math.round(peak)} MiB (${readMemoryLimit()} MiB)`],
    [
      'resident memory: median of the first and the last quarter',
      `${memoryIn(0, 0.25)}, ${memoryIn(0.75, 1)}`,
    ],
    ['CPU', `${(100 * cpu).toFixed(0)} % of a core`],
    ['torrents tracked at once, at most', String(run.tracked)],
    ['log', `${lines.length} lines, ${warnings.length} of them warnings`],
  ];
}

function attackRows({ attacks, journal, duration, toQbittorrent, toNtfy }: Run): Row[] {
  const hostile = (server: string) =>
    sum(
      journal
        .counts()
        .filter(([kind]) => kind.startsWith(`${server}: `))
        .map(([, count]) => count),
    );
  return [
    ['attack', `${Math.round(duration / 1000)} s`],
    ['hostile answers of qBittorrent', `${hostile('qBittorrent')} of ${toQbittorrent.length}`],
    ['hostile answers of ntfy', `${hostile('ntfy')} of ${toNtfy.length}`],
    ...Object.entries(attacks)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([what, times]): Row => [what, String(times)]),
  ];
}

/** Everything that helps to find the cause. */
export function explain(run: Run, problems: readonly string[]): string {
  const { journal, torrents, processes } = run;
  const own = new Set(torrents.map(({ hash }) => hash));
  const isOwn = (line: string) => {
    const [, hash] = /"hash":"([0-9a-f]{40})"/.exec(line) ?? [];
    return hash === undefined || own.has(hash);
  };
  return [
    'Timeline:',
    ...journal.entries.map(({ at, kind, detail }) => `${journal.clock(at)} ${kind} ${detail}`),
    'The end of the log, without unknown torrents:',
    ...(processes.at(-1)?.output.split('\n').filter(isOwn).slice(-100) ?? []),
    // Last, because often only the end of a long output is kept.
    `${problems.length} guarantees violated:`,
    ...problems.slice(0, 30).map((problem) => `- ${problem}`),
  ].join('\n');
}
