/** A container of the image, run as documented. */
import { IMAGE } from './image.ts';
import type { Ran } from './process.ts';
import type { Room } from './room.ts';

/** The options of compose.yaml and of the Kubernetes manifests. */
const HARDENED = [
  '--read-only',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--ulimit=core=0',
  // With only one limit set, podman requires the maximum of the others, which a machine may refuse.
  '--ulimit=nofile=4096:4096',
  '--ulimit=nproc=4096:4096',
  '--network=host',
];

/** How a container is started, in addition to `HARDENED`. */
export interface ContainerOptions {
  env?: Record<string, string>;
  /** Options of `podman run`, like `--volume=…`. */
  options?: readonly string[];
}

function runArguments({ env = {}, options = [] }: ContainerOptions): string[] {
  return [
    ...HARDENED,
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...options,
  ];
}

/** Runs a command of the sidecar to its end: `docker run --rm IMAGE <command>`. */
export async function runOnce(
  room: Room,
  command: readonly string[],
  run: ContainerOptions = {},
): Promise<Ran> {
  const ran = await room.run('podman', 'run', '--rm', ...runArguments(run), IMAGE, ...command);
  return { ...ran, stderr: withoutNoise(ran.stderr) };
}

/** podman runs health checks with systemd's timers, and prints a warning where there is no systemd. */
function withoutNoise(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^time=.*systemd/.test(line))
    .join('\n');
}

/** A container that runs in the background. */
export interface Container extends AsyncDisposable {
  /** The sidecar's log so far. */
  log(): Promise<string>;
  /** The image's HEALTHCHECK; whether it passed. */
  isHealthy(): Promise<boolean>;
  /** Runs a script in the sidecar's container, as its user; resolves with its output. */
  evaluate(script: string): Promise<string>;
  /** SIGTERM, and SIGKILL after 10 s, as Docker does; resolves with the exit status: 137 after SIGKILL. */
  stop(): Promise<number>;
  kill(): Promise<void>;
}

/** Starts the sidecar: `docker run --detach IMAGE`. It is removed, with its logs, at the end of the scope. */
export async function startContainer(room: Room, run: ContainerOptions): Promise<Container> {
  const id = await room.podman('run', '--detach', ...runArguments(run), IMAGE);
  const exitCode = async () => Number(await room.podman('inspect', '--format', '{{.State.ExitCode}}', id));
  return {
    async log() {
      const { stdout, stderr } = await room.run('podman', 'logs', id);
      return stdout + stderr;
    },
    isHealthy: async () => (await room.run('podman', 'healthcheck', 'run', id)).status === 0,
    evaluate: (script) => room.podman('exec', id, '/nodejs/bin/node', '-e', script),
    async stop() {
      await room.podman('stop', '--time', '10', id);
      return exitCode();
    },
    async kill() {
      await room.podman('kill', '--signal', 'KILL', id);
      await room.podman('wait', id);
    },
    async [Symbol.asyncDispose]() {
      await room.podman('rm', '--force', '--time', '0', id);
    },
  };
}
