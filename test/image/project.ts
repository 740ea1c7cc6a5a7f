/**
 * compose.yaml unchanged, started by the real Compose; podman replaces the engine. Images that no registry provides
 * here are replaced: Debian's qBittorrent and ntfy under the names of their images.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeProgram, readProject } from '../compose/config.ts';
import { until } from '../servers/index.ts';
import { makeImage } from './bases.ts';
import { IMAGE } from './image.ts';
import type { Means } from './image.ts';
import { collect, firstLine } from './process.ts';
import type { Ran } from './process.ts';
import type { Room } from './room.ts';

const home = join(import.meta.dirname, '..', '..');

/** A project in a separate network: all ports are as in the file. */
export interface UpProject extends AsyncDisposable {
  /** `docker compose <arguments>`. */
  compose(...args: string[]): Promise<Ran>;
  /** Runs a program in a service's container; throws when it fails. */
  exec(service: string, ...command: string[]): Promise<string>;
  /** The status of a GET from the machine that the engine runs on. */
  statusOf(url: string): Promise<number>;
  /** A file that only qBittorrent can download, at this many bytes a second. Deleted with the project. */
  seed(name: string, bytes: number, rate: number): Promise<Seeded>;
}

/** A seed. */
export interface Seeded {
  hash: string;
  /** The torrent, in base64. */
  file: string;
  /** Removes its speed limit. */
  release: () => void;
}

/** The relevant part of linuxserver.io's start: the configuration of the first start is the default one. */
const INIT = `#!/bin/sh
mkdir -p /config/qBittorrent
[ -f /config/qBittorrent/qBittorrent.conf ] || cp /defaults/qBittorrent.conf /config/qBittorrent/qBittorrent.conf
# In a container that is started again, the process that held the lock seems to be running: it is process 1 each time.
rm -rf /tmp/* /config/qBittorrent/lockfile
exec qbittorrent-nox --webui-port="$WEBUI_PORT" --torrenting-port="$TORRENTING_PORT"
`;

async function makeStandIns(room: Room, { shell, servers }: Means): Promise<void> {
  const read = await readProject(home, ['compose.yaml']);
  if (!read.ok) throw new Error(read.message);
  const imageOf = (service: string): string => read.project.services[service]?.image ?? '';
  const init = join(room.shared, 'init');
  writeFileSync(init, INIT, { mode: 0o755 });
  const config = [
    'PATH=/usr/bin',
    'HOME=/config',
    'XDG_CONFIG_HOME=/config',
    'XDG_DATA_HOME=/config',
    'LANG=C.UTF-8',
  ];
  await makeImage(room, imageOf('qbittorrent'), {
    copies: [
      [shell, '/'],
      [servers, '/'],
      [init, '/init'],
    ],
    config: [...config.flatMap((variable) => ['--env', variable]), '--entrypoint', '["/init"]'],
  });
  await makeImage(room, `docker.io/${imageOf('ntfy')}`, {
    from: imageOf('qbittorrent'),
    copies: [],
    config: ['--entrypoint', '["/usr/bin/ntfy"]'],
  });
  await room.podman('tag', IMAGE, `localhost/${imageOf('qbit-ntfy')}`);
}

/** With only one limit set, podman requires the maximum of the others, which a machine may refuse; Docker does not. */
const LIMITS = `
services:
  qbit-ntfy:
    ulimits: { nofile: 4096, nproc: 4096 }
`;

/** Creates the replacement images and starts the engine's API. No service runs yet. */
export async function openProject(room: Room, means: Means): Promise<UpProject> {
  await makeStandIns(room, means);
  const folder = join(room.shared, 'project');
  mkdirSync(join(folder, 'downloads'), { recursive: true });
  for (const name of ['compose.yaml', 'compose'])
    cpSync(join(home, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'compose.override.yaml'), LIMITS);
  const socket = join(room.shared, 'engine.sock');
  const engine = room.startApart(`podman system service --time 0 unix://${socket}`);
  await until('the engine to listen', () => existsSync(socket));
  const { command, args: first } = await composeProgram();
  const env = { DOCKER_HOST: `unix://${socket}`, HOME: folder };
  const seeds: ChildProcess[] = [];
  return {
    compose: (...args) => collect(spawn(command, [...first, ...args], { cwd: folder, env })),
    exec: (service, ...words) => room.podman('exec', nameOf(service), ...words),
    async statusOf(url) {
      const script = 'fetch(process.argv[1]).then(({ status }) => console.log(status))';
      const { stdout } = await collect(inNetwork(engine.network, ['-e', script, url]));
      return Number(stdout);
    },
    async seed(...file) {
      const format = '{{.NetworkSettings.SandboxKey}}';
      const network = await room.podman('inspect', '--format', format, nameOf('qbittorrent'));
      const script = join(import.meta.dirname, 'seed-process.ts');
      const child = inNetwork(`/proc/${room.pid}/root${network}`, [script, ...file.map(String)]);
      seeds.push(child);
      const torrent = JSON.parse(await firstLine(child)) as Omit<Seeded, 'release'>;
      return { ...torrent, release: () => void child.stdin?.write('\n') };
    },
    async [Symbol.asyncDispose]() {
      for (const child of seeds) child.stdin?.end();
      await room.run('podman', 'rm', '--all', '--force', '--time', '0');
      await engine.stop();
    },
  };
}

/** The name that Compose derives: the folder is called `project`. */
function nameOf(service: string): string {
  return `project-${service}-1`;
}

/** Node in another network. */
function inNetwork(path: string, args: readonly string[]): ChildProcess {
  return spawn('nsenter', [`--net=${path}`, process.execPath, ...args], { stdio: 'pipe' });
}
