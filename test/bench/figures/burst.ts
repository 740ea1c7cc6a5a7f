/** Many torrents at once: whether each is tracked, how soon, and with how many logins. */
import { hookLine } from '../../../src/hooks/index.ts';
import { createMagnet, startQbittorrent } from '../../servers/index.ts';
import { until } from '../../servers/wait.ts';
import { atMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { hashes, LOGIN, startSimulator } from '../lib/simulator.ts';
import { startPeer, startSidecar } from '../lib/subjects.ts';

const REAL = 1000;
const SIMULATED = 10_000;
/** All login attempts, whatever their results, as the sidecar counts them. */
const LOGINS = ['qbit_ntfy_qbittorrent_requests_total', 'call="login"'] as const;
const UNREACHABLE = 'http://127.0.0.1:9/downloads';

/** A qBittorrent that calls its hook for each added torrent. */
interface Source extends AsyncDisposable {
  access: Record<string, string>;
  callAt(port: number): Promise<void>;
  add(list: readonly string[]): Promise<void>;
  /** Whether it has called for this many; nothing is polled before that. */
  hasCalled(count: number): Promise<boolean>;
  /** Logins as qBittorrent counts them; `null` where it does not report them. */
  logins(): Promise<number | null>;
}

async function startReal(): Promise<Source> {
  const qbittorrent = await startQbittorrent('current', { refreshInterval: 1500 });
  const { url, username, password } = qbittorrent;
  return {
    access: { QBIT_HOST: url, QBIT_USER: username, QBIT_PASS: password },
    callAt: (port) =>
      qbittorrent.setAddedHook(
        hookLine({
          slot: 'added',
          url: `http://localhost:${port}`,
          tool: 'curl',
          placeholder: '%K',
          token: null,
        }),
      ),
    add: (list) => qbittorrent.addMagnets(list.map((hash) => createMagnet(hash))),
    // It reports no number. Polling it is little work with 1,000.
    hasCalled: () => Promise.resolve(true),
    logins: () => Promise.resolve(null),
    [Symbol.asyncDispose]: () => qbittorrent[Symbol.asyncDispose](),
  };
}

async function startSimulated(): Promise<Source> {
  const qbittorrent = await startSimulator();
  return {
    access: { QBIT_HOST: qbittorrent.url, ...LOGIN },
    callAt: (port) => qbittorrent.hook(port),
    add: (list) => qbittorrent.add(list, [{ phase: 'metadata' }]),
    hasCalled: async (count) => (await qbittorrent.count()).called >= count,
    logins: async () => (await qbittorrent.count()).logins,
    [Symbol.asyncDispose]: () => qbittorrent[Symbol.asyncDispose](),
  };
}

interface Arrival {
  /** Milliseconds from the first add until all were tracked, or until the time limit. */
  took: number;
  lost: number;
}

/** Adds them, and polls how many are tracked until all are, or a minute has passed. */
async function arrive(
  source: Source,
  list: readonly string[],
  arrived: () => Promise<number>,
): Promise<Arrival> {
  const from = performance.now();
  let there = 0;
  const adding = source.add(list);
  const all = async () => (await source.hasCalled(list.length)) && (there = await arrived()) === list.length;
  await until('all have come', all, { deadline: 60_000, every: 200 }).catch(() => undefined);
  const took = performance.now() - from;
  await adding;
  return { took, lost: list.length - there };
}

async function atReceiver(start: () => Promise<Source>, list: readonly string[]): Promise<Arrival> {
  await using stack = new AsyncDisposableStack();
  const source = stack.use(await start());
  const { port } = stack.use(await startPeer('receiver'));
  await source.callAt(port);
  const counted = async () => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  return await arrive(source, list, counted);
}

async function atSidecar(
  start: () => Promise<Source>,
  list: readonly string[],
): Promise<Arrival & { logins: number }> {
  await using stack = new AsyncDisposableStack();
  const source = stack.use(await start());
  const sidecar = stack.use(await startSidecar({ ...source.access, NTFY_TOPIC: UNREACHABLE }));
  await until('it has logged in', async () => (await sidecar.status()).session.state === 'ready');
  await source.callAt(sidecar.port);
  const wanted = new Set(list);
  const arrival = await arrive(source, list, async () => {
    const { torrents } = await sidecar.status();
    return torrents.filter(({ hash }) => wanted.has(hash)).length;
  });
  await until('each was looked at', async () =>
    (await sidecar.status()).torrents.every(({ state }) => state.startsWith('polling.')),
  );
  return { ...arrival, logins: (await source.logins()) ?? (await sidecar.metric(...LOGINS)) };
}

async function rowsOf(
  what: string,
  { start, count, rounds }: { start: () => Promise<Source>; count: number; rounds: number },
): Promise<Row[]> {
  const list = hashes(count);
  const bare: Arrival[] = [];
  const ours: Array<Arrival & { logins: number }> = [];
  for (let n = 0; n < rounds; n += 1) {
    bare.push(await atReceiver(start, list));
    ours.push(await atSidecar(start, list));
  }
  const exactly = (limit: number, name: string, runs: readonly number[]): Row => ({
    what: `${what}: ${name}`,
    unit: 'count',
    runs,
    reach: { text: String(limit), holds: runs.every((run) => run === limit) },
  });
  return [
    atMost(10_000, 'within 10 s', {
      what: `${what}: until all are in \`/status\``,
      unit: 'ms',
      runs: ours.map(({ took }) => took),
      peer: {
        what: 'the same with a server that only counts the calls',
        runs: bare.map(({ took }) => took),
      },
    }),
    exactly(
      0,
      'lost',
      ours.map(({ lost }) => lost),
    ),
    exactly(
      1,
      'logins',
      ours.map(({ logins }) => logins),
    ),
  ];
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const rounds = quick ? 1 : 3;
  say('1,000 magnets, real qBittorrent and curl');
  const real = await rowsOf('1,000 magnets', { start: startReal, count: REAL, rounds });
  say('10,000 torrents, simulated qBittorrent');
  const start = startSimulated;
  return [...real, ...(await rowsOf('10,000 torrents', { start, count: SIMULATED, rounds }))];
}

export const burst: Figure = {
  name: 'burst',
  title: 'Burst',
  how: 'All torrents are added at once, 100 magnets per request to a real qBittorrent, whose hook calls the sidecar for each by curl, as it is installed; a simulated qBittorrent with 10,000 torrents makes at most 200 calls at a time. Measured from the first add until all of them are in `/status`, which is requested every 200 ms; with 10,000 only after all calls are answered, because such a long response takes time itself. The comparison is the time that qBittorrent needs to add them and to call the hook: the same burst with a server that only counts.',
  measure,
};
