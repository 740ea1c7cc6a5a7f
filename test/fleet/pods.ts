/** Pods as in a cluster: a qBittorrent with its hooks, and the shipped sidecar beside it as a separate process. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';
import { BUNDLE } from '../../src/development/bundle.ts';
import { readShipped } from '../../src/development/shipped.ts';
import { mulberry32 } from '../mulberry32.ts';
import { freePort } from '../servers/ports.ts';
import { startProcess, untilAnswering } from '../servers/processes.ts';
import { nameOf } from './members.ts';

/** The bundle, with the flags and the environment of the Dockerfile. */
export interface Sidecar {
  pid: number;
  port: number;
  status(): Promise<Status>;
  stop(): Promise<void>;
}

interface Status {
  torrents: unknown[];
  store: { kind: string };
}

export interface Pod {
  name: string;
  qbittorrent: QbittorrentSimulator;
  sidecar: Sidecar;
}

export interface FleetOptions {
  size: number;
  /** The topic of the cards: a full URL. */
  topic: string;
  /** A folder for the state of all pods. */
  folder: string;
  /** The average duration of a download in minutes; each takes from half to one and a half of it. */
  minutes: number;
}

/** Pods that download one torrent after the other, until `rest`. */
export interface Fleet extends AsyncDisposable {
  pods: readonly Pod[];
  /** When each torrent finished, by the sequence ID of its completion; `Date.now()`. */
  finishedAt: ReadonlyMap<string, number>;
  /** Every sidecar ends and is started again at once, with its stored state. */
  restart(): Promise<void>;
  /** No further torrent is added. */
  rest(): void;
}

const RATE = 1_000_000;

/** Starts all of them at once; each has a first torrent when this resolves. */
export async function startFleet({ size, topic, folder, minutes }: FleetOptions): Promise<Fleet> {
  await using stack = new AsyncDisposableStack();
  const random = mulberry32(1);
  const finishedAt = new Map<string, number>();
  let working = true;
  let added = 0;

  function addTo({ qbittorrent, name }: Pod): void {
    added += 1;
    const seconds = 60 * minutes * (0.5 + random());
    qbittorrent.addTorrent({
      name: `${name}, number ${added}`,
      size: Math.round(seconds * RATE),
      rate: RATE,
    });
  }

  async function open(n: number): Promise<Pod> {
    const name = nameOf(n);
    const call = (path: string, hash: string) =>
      fetch(`http://127.0.0.1:${pod.sidecar.port}/${path}?hash=${hash}`, { method: 'POST' });
    const qbittorrent = await startQbittorrentSimulator({
      hook: async (hash) => void (await call('track', hash)),
      finishedHook: async (hash) => {
        finishedAt.set(`${name}-${hash}-done`, Date.now());
        if (working) addTo(pod);
        await call('finished', hash);
      },
    });
    stack.defer(qbittorrent.stop);
    const launch = () =>
      startSidecar({
        QBIT_HOST: qbittorrent.url,
        QBIT_USER: qbittorrent.username,
        QBIT_PASS: qbittorrent.password,
        NTFY_TOPIC: topic,
        INSTANCE_NAME: name,
        STATE_DIR: join(folder, name),
      });
    const pod: Pod = { name, qbittorrent, sidecar: await launch() };
    stack.defer(() => pod.sidecar.stop());
    restarts.push(async () => {
      await pod.sidecar.stop();
      pod.sidecar = await launch();
    });
    return pod;
  }
  const restarts: Array<() => Promise<void>> = [];
  const pods = await Promise.all(Array.from({ length: size }, (_, n) => open(n)));
  for (const pod of pods) addTo(pod);
  const owned = stack.move();
  return {
    pods,
    finishedAt,
    restart: async () => void (await Promise.all(restarts.map((restart) => restart()))),
    rest: () => void (working = false),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startSidecar(env: Record<string, string> & { STATE_DIR: string }): Promise<Sidecar> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const shipped = readShipped();
  mkdirSync(env.STATE_DIR, { recursive: true });
  const ports = { HOOK_PORT: String(port), OPS_PORT: String(opsPort), OPS_HOST: '127.0.0.1' };
  const sidecar = startProcess(
    {
      command: process.execPath,
      // The image allows writes only to its own state folder; here it is another one.
      args: [...shipped.flags.map((flag) => flag.replace(/=\/state$/, `=${env.STATE_DIR}`)), BUNDLE],
      env: { ...shipped.env, ...ports, ...env },
      packaged: '',
    },
    [],
    env.STATE_DIR,
  );
  const url = `http://127.0.0.1:${opsPort}`;
  await untilAnswering(sidecar, `${url}/livez`);
  // A connection that was kept for longer than the server allows is answered with 408.
  const headers = { connection: 'close' };
  const status = async () => (await (await fetch(`${url}/status`, { headers })).json()) as Status;
  return { pid: sidecar.pid, port, status, stop: () => sidecar.stop() };
}
