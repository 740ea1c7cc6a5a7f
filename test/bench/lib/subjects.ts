/** Starts the measured programs: the shipped sidecar and its comparisons, with the same flags. */
import { join } from 'node:path';
import { build as bundle } from 'rolldown';
import { removeFolder, startProcess, temporaryFolder, untilAnswering } from '../../servers/processes.ts';
import type { ServerProcess } from '../../servers/processes.ts';
import { freePort } from '../../servers/ports.ts';
import { BUNDLE } from '../../../src/development/bundle.ts';
import { readShipped } from '../../../src/development/shipped.ts';

/** A measured process. */
export interface Subject extends AsyncDisposable {
  pid: number;
  /** Its port: the hook API of the sidecar, the only port of a peer. */
  port: number;
  /** Ends it by SIGTERM; returns the milliseconds until the process had ended. */
  end(): Promise<number>;
  stop(): Promise<void>;
}

export interface Sidecar extends Subject {
  opsPort: number;
  status(): Promise<Status>;
  /** The number of tracked torrents: a short answer, however many they are. */
  tracked(): Promise<number>;
  /** The sum of a metric, over the labels that contain this text. */
  metric(name: string, label?: string): Promise<number>;
}

/** The part of `/status` that the bench reads. */
export interface Status {
  session: { state: string };
  watcher: { state: string; watching: number };
  torrents: Array<{ hash: string; state: string; name: string | null }>;
}

/** A program and its arguments; its environment has this process's `PATH` and a home folder. */
export interface Launch {
  file: string;
  args?: string[];
  env?: Record<string, string>;
  /** Flags of the Dockerfile that are removed. Default: none. */
  without?: RegExp;
}

/** The folder of the image for the state; here each process has its own. */
const STATE = '/state';

/** Starts a file with this Node, with the flags and the environment of the Dockerfile. Does not wait for it. */
export function launch({ file, args = [], env = {}, without }: Launch, home: string): ServerProcess {
  const shipped = readShipped();
  const here = (text: string) => text.replace(STATE, home);
  const own = Object.fromEntries(Object.entries(shipped.env).map(([name, value]) => [name, here(value)]));
  const program = {
    command: process.execPath,
    args: [...shipped.flags.filter((flag) => without?.test(flag) !== true).map(here), file],
    // The image sets neither: without a time zone Node uses the system's, and English.
    env: { TZ: undefined, LANG: undefined, ...own, ...env },
    packaged: '',
  };
  return startProcess(program, args, home);
}

/** Starts the shipped sidecar, on free ports; it answers when this resolves. `without` as in `Launch`. */
export async function startSidecar(env: Record<string, string>, without?: RegExp): Promise<Sidecar> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const ports = { HOOK_PORT: String(port), OPS_PORT: String(opsPort), OPS_HOST: '127.0.0.1' };
  const subject = await start({ file: BUNDLE, env: { ...ports, ...env }, ...(without && { without }) }, port);
  const get = (path: string) => fetch(`http://127.0.0.1:${opsPort}/${path}`);
  const metric = async (name: string, label = '') =>
    sumOf(await (await get('metrics')).text(), `${name}{`, label);
  return {
    ...subject,
    opsPort,
    status: async () => (await (await get('status')).json()) as Status,
    tracked: () => metric('qbit_ntfy_torrents'),
    metric,
  };
}

/** The sum of a metric whose lines begin with `start`, over the labels that contain this text. */
export function sumOf(page: string, start: string, label = ''): number {
  const lines = page.split('\n').filter((line) => line.startsWith(start) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** The comparisons: programs in `peers/`. */
export type PeerName = 'floor' | 'per-torrent' | 'receiver';

/** Starts a peer on a free port; it answers when this resolves. */
export async function startPeer(name: PeerName, env: Record<string, string> = {}): Promise<Subject> {
  const port = await freePort();
  return start({ file: await bundlePeer(name), env: { PORT: String(port), ...env } }, port);
}

async function start(what: Launch, port: number): Promise<Subject> {
  const home = temporaryFolder('bench');
  const server = launch(what, home);
  const end = async () => {
    const from = performance.now();
    await server.stop();
    return performance.now() - from;
  };
  const stop = async () => {
    await end();
    await removeFolder(home);
  };
  try {
    await untilAnswering(server, `http://127.0.0.1:${port}/`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: server.pid, port, end, stop, [Symbol.asyncDispose]: stop };
}

const bundled = new Map<PeerName, Promise<string>>();

/** Bundled like the sidecar: otherwise a peer in TypeScript would include the stripping of its types. */
export function bundlePeer(name: PeerName): Promise<string> {
  const known = bundled.get(name) ?? write(name);
  bundled.set(name, known);
  return known;
}

async function write(name: PeerName): Promise<string> {
  const file = join(temporaryFolder('peers'), `${name}.mjs`);
  await bundle({
    input: join(import.meta.dirname, '..', 'peers', `${name}.ts`),
    platform: 'node',
    output: { file, format: 'esm', minify: true, codeSplitting: false },
    logLevel: 'warn',
  });
  return file;
}
