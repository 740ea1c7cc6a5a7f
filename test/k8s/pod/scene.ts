/** A scenario in a pod, and its result. It needs separate network and mount namespaces. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startNtfy, startQbittorrent, startWebSeed, until } from '../../servers/index.ts';
import type { Ntfy, NtfyMessage, Qbittorrent } from '../../servers/index.ts';
import { environmentOf, SECRET } from '../checks/environment.ts';
import { isSidecar, sidecars } from '../manifest.ts';
import type { Container, Manifest } from '../manifest.ts';
import { startPod } from './kubelet.ts';
import type { Running } from './kubelet.ts';
import { startSidecar } from './runtime.ts';
import { makeVolumes } from './volumes.ts';

/** The scenario. */
export interface Order {
  manifests: Manifest[];
  /** Name of the workload. */
  workload: string;
  /** `start`: the sidecar alone. `download`: with a real qBittorrent and ntfy, from the first hook to the last message. */
  scene: 'start' | 'download';
  /** The bundle. */
  sidecar: string;
  /** The mount namespace of the machine, which this must not be. */
  outside: string;
  /** Whether other users than the current one exist. */
  hasUsers: boolean;
}

/** The result. */
export type Seen =
  | { error: string }
  | {
      /** Metrics of the sidecar when it was ready. */
      metrics: string;
      log: string;
      /** Exit status of the hook's command after qBittorrent had ended: curl's 7 is a refused connection. */
      lastHook: number | null;
      messages: NtfyMessage[];
      codes: Record<string, number>;
    };

const TOPIC = 'downloads';

/** Runs it. Throws when the pod does not start. */
export async function runScenario(order: Order, folder: string): Promise<Seen> {
  await using stack = new AsyncDisposableStack();
  const place = sidecars(order.manifests).find(({ workload }) => workload.metadata.name === order.workload);
  if (place === undefined) throw new Error(`no sidecar in ${order.workload}`);
  const ntfy = order.scene === 'download' ? stack.use(await startNtfy('current')) : null;
  const secrets = { ...SECRET, 'ntfy-topic': `${ntfy?.url ?? 'http://127.0.0.1:9'}/${TOPIC}` };
  const volumes = makeVolumes(place.pod, join(folder, 'volumes'), { ...order, secrets });
  const root = join(folder, 'root');
  mkdirSync(root);
  const runtime = { ...order, pod: place.pod, volumes, root };
  let qbittorrent: Qbittorrent | undefined;
  const pod = await startPod(place.pod, async (container) => {
    if (isSidecar(container)) return startSidecar(container, runtime);
    if (order.scene === 'start') return nothing;
    qbittorrent = await startQbittorrent('current', {
      port: Number(environmentOf(container, order.manifests)['WEBUI_PORT']),
      username: environmentOf(place.container, order.manifests)['QBIT_USER'] ?? '',
      password: SECRET['qbit-pass'] ?? '',
    });
    return asContainer(qbittorrent);
  });
  const sidecar = pod.containers.get(place.container.name);
  const read = async (path: string) =>
    (await fetch(`http://127.0.0.1:${opsPort(place.container)}/${path}`)).text();
  const download = ntfy && qbittorrent ? await startDownload(ntfy, qbittorrent, read) : null;
  const metrics = await read('metrics');
  let lastHook: number | null = null;
  const codes = await pod.stop(async () => {
    if (download === null) return;
    lastHook = await download.hook();
    await download.resumeNtfy();
    if (sidecar?.exitCode() === null) await download.completion();
  });
  const messages = (await ntfy?.messages(TOPIC)) ?? [];
  return { metrics, log: sidecar?.log() ?? '', lastHook, messages, codes };
}

const opsPort = ({ ports = [] }: Container): number =>
  ports.find(({ name }) => name === 'ntfy-ops')?.containerPort ?? 0;

/** A container that the scenario does not use. */
const nothing: Running = { exitCode: () => null, log: () => '', stop: () => Promise.resolve(0) };

function asContainer(qbittorrent: Qbittorrent): Running {
  return {
    exitCode: () => null,
    log: () => '',
    async stop() {
      await qbittorrent.stop();
      return 0;
    },
  };
}

/** A download whose completion ntfy does not accept at once: ntfy is stopped when the pod begins to end. */
async function startDownload(ntfy: Ntfy, qbittorrent: Qbittorrent, read: (path: string) => Promise<string>) {
  const preferences = async () =>
    (await (await qbittorrent.api('app/preferences')).json()) as Record<string, string>;
  const hook = await until('the sidecar to have installed its hooks', async () => {
    const { autorun_program: line } = await preferences();
    return line?.includes('/finished?hash=%K') ? line : null;
  });
  const seed = await startWebSeed({ rate: 100_000 });
  const torrent = seed.serve('the last.iso', 6_000_000);
  await qbittorrent.addTorrent(torrent.file);
  const cards = async () => (await ntfy.messages(TOPIC)).filter(({ event }) => event === 'message');
  await until('the first card', async () => (await cards()).length > 0);
  process.kill(ntfy.pid, 'SIGSTOP');
  seed.setRate(20_000_000);
  await until('the sidecar to detect the end', async () => {
    const { torrents } = JSON.parse(await read('status')) as { torrents: { progress: number }[] };
    return torrents[0]?.progress === 1;
  });
  await seed.stop();
  return {
    /** qBittorrent's own command line, as it would run it just before its end. */
    hook: () => run(hook.replace('/finished', '/track').replace('%K', 'ef'.repeat(20))),
    async resumeNtfy() {
      process.kill(ntfy.pid, 'SIGCONT');
      await until('ntfy to run again', async () => (await fetch(`${ntfy.url}/v1/health`)).ok);
    },
    completion: () =>
      until('the completion', async () => (await cards()).some(({ priority }) => priority === 4)),
  };
}

function run(line: string): Promise<number> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], (error) => resolve(error === null ? 0 : Number(error.code)));
  });
}
