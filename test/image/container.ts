/** A container of the image, run as the documents say. */
import { IMAGE } from './image.ts';
import type { Ran } from './process.ts';
import type { Room } from './room.ts';

/** What compose.yaml and the manifests for Kubernetes ask for. */
const HARDENED = [
  '--read-only',
  '--cap-drop=all',
  '--security-opt=no-new-privileges',
  '--ulimit=core=0',
  // With one limit given, podman asks for the highest of the others, which a machine may refuse.
  '--ulimit=nofile=4096:4096',
  '--ulimit=nproc=4096:4096',
  '--network=host',
];

/** How a container is started, beside `HARDENED`. */
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

/** podman runs health checks by systemd's timers, and complains where there is no systemd. */
function withoutNoise(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^time=.*systemd/.test(line))
    .join('\n');
}

/** A container that runs in the background. */
export interface Container extends AsyncDisposable {
  /** What the sidecar logged so far. */
  log(): Promise<string>;
  /** The image's HEALTHCHECK; whether it passed. */
  isHealthy(): Promise<boolean>;
  /** Runs a script beside the sidecar, in its container, as its user; resolves with what it printed. */
  evaluate(script: string): Promise<string>;
  /** SIGTERM, and SIGKILL after 10 s, as Docker does it; resolves with the exit status: 137 when it had to be killed. */
  stop(): Promise<number>;
  kill(): Promise<void>;
}

/** Starts the sidecar: `docker run --detach IMAGE`. It is gone, with its logs, when disposed of. */
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
