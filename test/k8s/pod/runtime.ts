/**
 * Runs the sidecar's container without an engine: in a separate root with the image's paths, with the image's entry
 * point, user and variables, plus those of the manifest. An emulation: the machine's libraries replace the image's, and
 * there are neither cgroups nor a seccomp profile. It needs a separate mount namespace.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environmentOf } from '../checks/environment.ts';
import type { Container, Manifest, PodSpec } from '../manifest.ts';
import type { Running } from './kubelet.ts';

const home = join(import.meta.dirname, '..', '..', '..');

/** The Dockerfile's settings for running the image. */
function readImage(): { entrypoint: string[]; env: Record<string, string> } {
  const text = readFileSync(join(home, 'Dockerfile'), 'utf8');
  const [, list = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(text) ?? [];
  const [, pairs = ''] = /^ENV (.*)$/m.exec(text) ?? [];
  const env = Object.fromEntries(pairs.split(' ').map((pair) => pair.split('=')));
  return { entrypoint: JSON.parse(list) as string[], env: env as Record<string, string> };
}

export interface RuntimeOptions {
  pod: PodSpec;
  manifests: readonly Manifest[];
  /** The bundle. */
  sidecar: string;
  /** The folders of the volumes, by name. */
  volumes: ReadonlyMap<string, string>;
  /** A folder for the container's root. */
  root: string;
  /** Whether other users exist: the user namespace of a non-root user has only one. */
  hasUsers: boolean;
}

export function startSidecar(container: Container, options: RuntimeOptions): Running {
  const { entrypoint, env } = readImage();
  makeRoot(container, options);
  const rights = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'];
  const setpriv = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', ...rights, ...userOf(container, options)];
  const child = spawn('/usr/sbin/chroot', [options.root, ...setpriv, ...entrypoint], {
    env: { PATH: '/usr/bin', ...env, ...environmentOf(container, options.manifests) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += String(chunk)));
  let code: number | null = null;
  const closed = new Promise<number>((resolve) => {
    child.once('close', (exit, signal) => resolve((code = exit ?? (signal === 'SIGKILL' ? 137 : 143))));
  });
  return {
    exitCode: () => code,
    log: () => log,
    async stop(grace) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      const exit = await closed;
      clearTimeout(timer);
      return exit;
    },
  };
}

function userOf({ securityContext }: Container, { pod, hasUsers }: RuntimeOptions): string[] {
  if (!hasUsers) return [];
  const { runAsUser = 0, runAsGroup = runAsUser } = securityContext ?? {};
  const groups = [runAsGroup, pod.securityContext?.fsGroup].filter((group) => group !== undefined);
  return [`--reuid=${runAsUser}`, `--regid=${runAsGroup}`, `--groups=${groups.join(',')}`];
}

/**
 * Node and the bundle at the image's paths, volumes at the manifest's; everything else is read-only if the manifest
 * sets that.
 */
function makeRoot(
  { volumeMounts = [], securityContext }: Container,
  { root, sidecar, volumes }: RuntimeOptions,
) {
  for (const folder of ['nodejs/bin', 'app', 'etc', 'proc', 'dev', 'usr']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  mount('--bind', root, root);
  for (const name of ['lib', 'lib64', 'bin']) {
    if (!existsSync(`/${name}`)) continue;
    if (lstatSync(`/${name}`).isSymbolicLink()) symlinkSync(readlinkSync(`/${name}`), join(root, name));
    else bind(`/${name}`, join(root, name), 'folder');
  }
  bind('/usr', join(root, 'usr'), 'folder');
  bind('/proc', join(root, 'proc'), 'folder');
  bind('/dev', join(root, 'dev'), 'folder');
  bind(process.execPath, join(root, 'nodejs/bin/node'), 'file');
  bind(sidecar, join(root, 'app/sidecar.js'), 'file');
  // As the kubelet writes it.
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n');
  for (const { mountPath } of volumeMounts) mkdirSync(join(root, mountPath), { recursive: true });
  if (securityContext?.readOnlyRootFilesystem === true) mount('-o', 'remount,bind,ro', root);
  for (const { name, mountPath, readOnly } of volumeMounts) {
    const target = join(root, mountPath);
    bind(volumes.get(name) ?? '', target, 'folder');
    if (readOnly === true) mount('-o', 'remount,bind,ro', target);
  }
}

function bind(from: string, to: string, kind: 'file' | 'folder'): void {
  if (kind === 'folder') mkdirSync(to, { recursive: true });
  else writeFileSync(to, '');
  mount('--rbind', from, to);
}

function mount(...args: string[]): void {
  execFileSync('mount', args);
}
