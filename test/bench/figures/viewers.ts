/** Memory with clients that do not read, with the maximum number of tracked torrents. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { sleep, until } from '../../servers/wait.ts';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { memoryOf } from '../lib/proc.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { startSidecar } from '../lib/subjects.ts';
import type { Sidecar } from '../lib/subjects.ts';

/** The default of `MAX_TRACKED`. */
const COUNT = 10_000;
/** Megabytes: the memory limit of the manifests, 192 MiB. */
const LIMIT = (192 * 1024 * 1024) / 1e6;
const SECONDS = 20;

/** Opens connections, each with one request whose answer is never read. */
function leaveUnread(port: number, path: string, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {}).pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    return socket;
  });
}

/** The maximum memory during a period, in megabytes. */
async function peakOf({ pid }: Sidecar): Promise<number> {
  let peak = 0;
  for (let reading = 0; reading < 10 * SECONDS; reading += 1) {
    await sleep(100);
    peak = Math.max(peak, memoryOf(pid).rss);
  }
  return peak;
}

async function peakWith(sidecar: Sidecar, path: string, count: number): Promise<number> {
  const sockets = leaveUnread(sidecar.opsPort, path, count);
  const peak = await peakOf(sidecar);
  for (const socket of sockets) socket.destroy();
  await sleep(2000);
  return peak;
}

async function measureRun() {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startSimulator());
  const sidecar = stack.use(
    await startSidecar({ QBIT_HOST: qbittorrent.url, ...LOGIN, NTFY_TOPIC: 'http://127.0.0.1:9/downloads' }),
  );
  await until('it has logged in', async () => (await sidecar.metric('qbit_ntfy_session_ready')) >= 0);
  await qbittorrent.hook(sidecar.port);
  await qbittorrent.add(hashes(COUNT), [{ phase: 'stalled' }]);
  await until('all are tracked', async () => (await sidecar.tracked()) === COUNT, {
    deadline: 600_000,
    every: 2000,
  });
  const tracked = await peakOf(sidecar);
  const streams = await peakWith(sidecar, '/events', 32);
  const status = await peakWith(sidecar, '/status', 40);
  return { tracked, streams, status, end: await sidecar.end() };
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const results: Awaited<ReturnType<typeof measureRun>>[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    say(`round ${round + 1}`);
    results.push(await measureRun());
  }
  const row = (what: string, when: keyof (typeof results)[number]): Row =>
    atMost(LIMIT, 'at most 192 MiB', { what, unit: 'MB', runs: results.map((run) => run[when]) });
  return [
    row('10,000 tracked, at most', 'tracked'),
    row('with 32 event streams that nobody reads, at most', 'streams'),
    row('with 40 answers of /status that nobody reads, at most', 'status'),
    atMost(2000, 'within 2 s', {
      what: 'from SIGTERM to the end of the process',
      unit: 'ms',
      runs: results.map(({ end }) => end),
    }),
  ];
}

export const viewers: Figure = {
  name: 'viewers',
  title: 'Viewers that do not read',
  how: 'With 10,000 torrents, the default of `MAX_TRACKED`: the highest resident memory within 20 s, read every 100 ms, alone and while connections request the event stream of the page, or `/status`, and never read a byte of the response; then the time from SIGTERM to the end.',
  measure,
};
