/** Memory, idle and with torrents. */
import { sleep, until } from '../../servers/wait.ts';
import { atMost, atMostTimes } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { memoryOf } from '../lib/proc.ts';
import type { Memory } from '../lib/proc.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { median } from '../lib/stats.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';

const COUNTS = [1, 1000, 10_000] as const;

type When = 'floor' | 'idle' | 'gone' | (typeof COUNTS)[number];

/** With thousands it varies by a tenth within each poll: the median over a poll interval, second by second. */
async function heldBy(pid: number): Promise<Memory> {
  const readings: Memory[] = [];
  for (let second = 0; second < 5; second += 1) {
    await sleep(1000);
    readings.push(memoryOf(pid));
  }
  const of = (what: keyof Memory) => median(readings.map((reading) => reading[what]));
  return { rss: of('rss'), private: of('private'), anonymous: of('anonymous') };
}

/** One run: idle, then with more and more torrents; and a bare server beside it. */
async function measureRun(polls: number): Promise<Record<When, Memory>> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const floor = stack.use(await startPeer('floor'));
  const sidecar = stack.use(
    await startSidecar({ QBIT_HOST: qbittorrent.url, ...LOGIN, NTFY_TOPIC: 'http://127.0.0.1:9/downloads' }),
  );
  await until('it has logged in', async () => (await sidecar.status()).session.state === 'ready');
  await sleep(5000);
  const seen: Record<string, Memory> = { floor: memoryOf(floor.pid), idle: memoryOf(sidecar.pid) };
  await qbittorrent.hook(sidecar.port);
  let before = 0;
  for (const count of COUNTS) {
    await qbittorrent.add(hashes(count - before, before), [{ phase: 'stalled' }]);
    before = count;
    // Not by /status: such a long answer would leave something behind.
    await until(`${count} are tracked`, async () => (await sidecar.tracked()) === count, {
      deadline: 120_000,
      every: 1000,
    });
    const polledBefore = (await qbittorrent.count()).requests;
    const enough = polledBefore + (count === 1 ? 1 : polls);
    await until(`${polls} more polls`, async () => (await qbittorrent.count()).requests >= enough, {
      deadline: 120_000,
      every: 250,
    });
    seen[count] = await heldBy(sidecar.pid);
  }
  await qbittorrent.clear();
  await until('all are removed', async () => (await sidecar.tracked()) === 0, {
    deadline: 60_000,
    every: 1000,
  });
  await sleep(5000);
  seen['gone'] = memoryOf(sidecar.pid);
  return seen as Record<When, Memory>;
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const results: Awaited<ReturnType<typeof measureRun>>[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    say(`round ${round + 1}`);
    results.push(await measureRun(quick ? 2 : 3));
  }
  const runs = (when: When, what: keyof Memory) => results.map((run) => run[when][what]);
  const more = (count: 1000 | 10_000, least: 1 | 1000) =>
    results.map((run) => ((run[count].rss - run[least].rss) * 1000) / (count - least));
  const each = (what: string, count: 1000 | 10_000) =>
    atMost(6, 'at most 6 KB', { what, unit: 'KB', runs: more(count, 1) });
  const floor = (what: keyof Memory) => ({ what: 'a bare `node:http` server', runs: runs('floor', what) });
  const whole = (name: string, when: When): Row[] =>
    (['rss', 'private'] as const).map((what) => ({
      what: `${name}, ${what === 'rss' ? 'resident' : 'private'}`,
      unit: 'MB',
      runs: runs(when, what),
      peer: floor(what),
    }));
  const [idle, ...rest] = whole('idle', 'idle');
  return [
    ...(idle === undefined ? [] : [atMostTimes(1.25, 'at most 1.25 times', idle)]),
    ...rest,
    ...whole('1 tracked', 1),
    ...whole('1,000 tracked', 1000),
    each('each of 1,000, resident', 1000),
    ...whole('10,000 tracked', 10_000),
    each('each of 10,000, resident', 10_000),
    { what: 'each of the last 9,000 of them, resident', unit: 'KB', runs: more(10_000, 1000) },
    ...whole('after the 10,000 are gone', 'gone'),
  ];
}

export const memory: Figure = {
  name: 'memory',
  title: 'Memory',
  how: 'Read from `smaps_rollup`: private memory belongs to this process only, resident memory includes the pages of the program file, which all Node processes share. Idle is 5 s after the login. The tracked torrents are added by the hook of a simulated qBittorrent; memory is read after several polls, five times, a second apart, and the median counts. *Each* is the increase over one torrent, divided by the number of torrents. At the end all torrents are removed; memory is read 5 s after the last one ended.',
  measure,
};
