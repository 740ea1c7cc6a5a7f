/** buildah and podman from Debian's packages, in separate namespaces: nothing is installed, nothing is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { collect, firstLine } from './process.ts';
import type { Ran } from './process.ts';

/** An environment where containers can be built and run; everything that runs in it ends with it. */
export interface Room extends AsyncDisposable {
  /** The storage driver: `overlay`, or `vfs` where that is not available. */
  driver: string;
  /** A folder with the same path inside and outside. */
  shared: string;
  /** The PID of its first process, whose namespaces are the room. */
  pid: string;
  /** Runs a command and resolves with its result. */
  run(command: 'buildah' | 'podman', ...args: string[]): Promise<Ran>;
  /** Starts a command in a separate network with only loopback. */
  startApart(command: string): Apart;
  /** The same; throws when it fails. Resolves with its standard output, trimmed. */
  buildah(...args: string[]): Promise<string>;
  podman(...args: string[]): Promise<string>;
}

/** A program in a separate network. */
export interface Apart {
  /** The path of its network. */
  network: string;
  stop(): Promise<void>;
}

/** Milliseconds: only a command that hangs reaches it. */
const HANGS = 800_000;

/** Opens a room. `packages`: the unpacked packages; `visible`: folders that are mounted inside at their own paths. */
export async function openRoom(packages: string, visible: readonly string[]): Promise<Room> {
  const store = temporaryFolder('image');
  const script = join(import.meta.dirname, 'room.sh');
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child'];
  const holder = spawn('unshare', [...namespaces, 'sh', script, packages, store, ...visible], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(holder, 'close');
  const close = async (): Promise<void> => {
    holder.stdin.end();
    await closed;
    await removeFolder(store);
  };
  const ready = await firstLine(holder);
  const [driver, pid, ...more] = ready.split(' ');
  if (driver === undefined || pid === undefined || more.length > 0) {
    await close();
    throw new Error(`The room could not be opened: ${ready}`);
  }
  const enter = ['--target', pid, '--mount', '--pid', '--'];
  const run: Room['run'] = (command, ...args) =>
    collect(spawn('nsenter', [...enter, command, ...args], { env: ENVIRONMENT, timeout: HANGS }));
  const startApart: Room['startApart'] = (command) => {
    // The shell outside the command detects the end of this process by its input.
    const script = `ip link set lo up; ${command} & read -r _; kill $!; wait`;
    const child = spawn('unshare', ['--net', 'nsenter', ...enter, 'sh', '-c', script], {
      env: ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(child, 'close');
    const stop = async () => {
      child.stdin.end();
      await ended;
    };
    return { network: `/proc/${child.pid}/ns/net`, stop };
  };
  const mustRun = async (command: 'buildah' | 'podman', args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(command, ...args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
    return stdout.trim();
  };
  const shared = join(store, 'shared');
  mkdirSync(shared, { recursive: true });
  return {
    driver,
    shared,
    pid,
    run,
    startApart,
    buildah: (...args) => mustRun('buildah', args),
    podman: (...args) => mustRun('podman', args),
    async [Symbol.asyncDispose]() {
      // Processes and mounts end with the room; their control groups belong to the machine.
      await run('podman', 'rm', '--all', '--force', '--time', '0');
      await close();
    },
  };
}

/** Not this process's environment: a developer's variables must not change what is built. */
const ENVIRONMENT = {
  PATH: '/names:/usr/bin:/usr/sbin:/bin:/sbin',
  HOME: '/root',
  BUILDAH_ISOLATION: 'chroot',
};
