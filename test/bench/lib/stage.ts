/** One qBittorrent with so many torrents, followed by the sidecar and by a loop for each, of which one rests. */
import { startQbittorrent } from '../../servers/index.ts';
import { sleep, until } from '../../servers/wait.ts';
import { addCrowd } from './crowd.ts';
import { callHook } from './hook-call.ts';
import { startLoops } from './loops.ts';
import { cpuBetween, readCpu } from './proc.ts';
import { startSidecar } from './subjects.ts';

/** Milliseconds of CPU: of qBittorrent alone, and of it and of who asks it. */
export interface Window {
  alone: number;
  sidecar: number;
  loops: number;
}

export interface Stage extends AsyncDisposable {
  /** CPU of qBittorrent, in milliseconds, while these logged in: one, and one a torrent. */
  logins: { sidecar: number; loops: number };
  /** CPU of qBittorrent in so many seconds while nobody asks. */
  alone(seconds: number): Promise<number>;
  /** CPU of qBittorrent and the sidecar while it follows all of them. */
  followed(seconds: number): Promise<number>;
  /** CPU of qBittorrent and the peer while its loops follow them. */
  looped(seconds: number): Promise<number>;
  /** Throws unless both still follow all of them. */
  check(): Promise<void>;
}

/** After a stop the sidecar polls at once, and then each 5 s: a window begins and ends between two of its polls. */
const SETTLE = 7500;

async function cpuIn(pids: readonly number[], seconds: number): Promise<number> {
  const before = pids.map(readCpu);
  await sleep(seconds * 1000);
  const after = pids.map(readCpu);
  return after.reduce((sum, reading, n) => sum + cpuBetween(before[n] ?? reading, reading), 0);
}

/** Starts them; when this resolves both follow all torrents, and the loops rest. */
export async function createStage(count: number, topic: string): Promise<Stage> {
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
  const hashes = await addCrowd(qbittorrent, count);
  for (const hash of hashes) await callHook(sidecar.port, hash);
  const watching = async () => (await sidecar.status()).watcher.watching;
  await until(`${count} are followed`, async () => (await watching()) === count);

  const loops = stack.use(await startLoops(access));
  await loops.pause();
  const before = readCpu(qbittorrent.pid);
  await loops.follow(hashes);
  const logins = { sidecar: login, loops: cpuBetween(before, readCpu(qbittorrent.pid)) };
  const owned = stack.move();
  return {
    logins,
    async alone(seconds) {
      signal('SIGSTOP');
      return cpuIn([qbittorrent.pid], seconds);
    },
    async followed(seconds) {
      signal('SIGCONT');
      await sleep(SETTLE);
      const cpu = await cpuIn([qbittorrent.pid, sidecar.pid], seconds);
      signal('SIGSTOP');
      return cpu;
    },
    async looped(seconds) {
      await loops.resume();
      await sleep(1000);
      const cpu = await cpuIn([qbittorrent.pid, loops.pid], seconds);
      await loops.pause();
      return cpu;
    },
    async check() {
      signal('SIGCONT');
      const [followed, refused] = [await watching(), await loops.refused()];
      if (followed !== count) throw new Error(`the sidecar follows ${followed} of ${count}`);
      if (refused > 0) throw new Error(`${refused} polls of the loops were refused`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
