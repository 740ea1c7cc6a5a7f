/** One qBittorrent with this many torrents, tracked by the sidecar and by one loop each; one of the two is paused. */
import { startQbittorrent } from '../../servers/index.ts';
import { sleep, until } from '../../servers/wait.ts';
import { addTorrents, force } from './torrents.ts';
import { callHook } from './hook-call.ts';
import { startLoops } from './loops.ts';
import type { Loops } from './loops.ts';
import { cpuBetween, readCpu } from './proc.ts';
import { startSidecar } from './subjects.ts';

/** Milliseconds of CPU in a window. */
export interface Cpu {
  qbittorrent: number;
  /** Of the client; 0 without one. */
  client: number;
}

export interface Comparison extends AsyncDisposable {
  /** CPU of qBittorrent during these logins, in milliseconds: one, and one a torrent. */
  logins: { sidecar: number; loops: number };
  /** A window of this many seconds without requests. */
  alone(seconds: number): Promise<Cpu>;
  /** While the sidecar tracks all of them, and they download. */
  tracked(seconds: number): Promise<Cpu>;
  /** While the loops track them. */
  looped(seconds: number): Promise<Cpu>;
  /** While one loop tracks one of them: the minimum for a process that polls. */
  lone(seconds: number): Promise<Cpu>;
  /** While it tracks all of them, and they have stalled for so long that it polls them every 30 s. */
  stalled(seconds: number): Promise<Cpu>;
  /** Throws unless both still track all of them. */
  check(): Promise<void>;
}

/** Milliseconds between two polls. */
const INTERVAL = 5000;

/** After a SIGSTOP of that length the sidecar polls at once: a window starts and ends between two of its polls. */
const SETTLE = INTERVAL / 2;

/** Torrents that have stalled for 26 polls are polled every 30 s. */
const LONG = 26 * INTERVAL + 10_000;

async function cpuIn(seconds: number, qbittorrent: number, client: number | null): Promise<Cpu> {
  const readAll = () => [qbittorrent, ...(client === null ? [] : [client])].map(readCpu);
  const before = readAll();
  await sleep(seconds * 1000);
  const [of = 0, by = 0] = readAll().map((reading, n) => cpuBetween(before[n] ?? reading, reading));
  return { qbittorrent: of, client: by };
}

/** Starts them; when this resolves both track all torrents, and the loops are paused. */
export async function createComparison(count: number, topic: string): Promise<Comparison> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrent('5.1', { refreshInterval: 1500 }));
  const { url, username, password } = qbittorrent;
  const access = { QBIT_HOST: url, QBIT_USER: username, QBIT_PASS: password };
  const fresh = readCpu(qbittorrent.pid);
  const sidecar = stack.use(await startSidecar({ ...access, NTFY_TOPIC: topic, NTFY_RATE: 'unlimited' }));
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => process.kill(sidecar.pid, name);
  stack.defer(() => void signal('SIGCONT'));
  await until('it has logged in', async () => (await sidecar.status()).session.state === 'ready');
  const login = cpuBetween(fresh, readCpu(qbittorrent.pid));
  const hashes = await addTorrents(qbittorrent, count);
  await force(qbittorrent, count, true);
  for (const hash of hashes) await callHook(sidecar.port, hash);
  const watching = async () => (await sidecar.status()).watcher.watching;
  await until(`${count} are tracked`, async () => (await watching()) === count);

  const loops = stack.use(await startLoops(access));
  await loops.pause();
  const before = readCpu(qbittorrent.pid);
  await loops.track(hashes);
  const logins = { sidecar: login, loops: cpuBetween(before, readCpu(qbittorrent.pid)) };
  const loop = stack.use(await startLoops(access));
  await loop.pause();
  await loop.track(hashes.slice(0, 1));
  const run = async (client: Loops, seconds: number): Promise<Cpu> => {
    await client.resume();
    await sleep(1000);
    const cpu = await cpuIn(seconds, qbittorrent.pid, client.pid);
    await client.pause();
    return cpu;
  };
  const owned = stack.move();
  return {
    logins,
    async alone(seconds) {
      signal('SIGSTOP');
      return cpuIn(seconds, qbittorrent.pid, null);
    },
    async tracked(seconds) {
      // A torrent that changes nothing for 26 polls is polled less often: it changes before each window.
      for (const isForced of [false, true]) {
        signal('SIGSTOP');
        await Promise.all([force(qbittorrent, count, isForced), sleep(INTERVAL)]);
        signal('SIGCONT');
        await sleep(SETTLE);
      }
      const cpu = await cpuIn(seconds, qbittorrent.pid, sidecar.pid);
      signal('SIGSTOP');
      return cpu;
    },
    looped: (seconds) => run(loops, seconds),
    lone: (seconds) => run(loop, seconds),
    async stalled(seconds) {
      await force(qbittorrent, count, false);
      signal('SIGCONT');
      await sleep(LONG);
      const cpu = await cpuIn(seconds, qbittorrent.pid, sidecar.pid);
      signal('SIGSTOP');
      return cpu;
    },
    async check() {
      signal('SIGCONT');
      const [tracked, refused] = [await watching(), await loops.refused()];
      if (tracked !== count) throw new Error(`the sidecar tracks ${tracked} of ${count}`);
      if (refused > 0) throw new Error(`${refused} polls of the loops were refused`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
