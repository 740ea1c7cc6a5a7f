/** The image, built from the unchanged Dockerfile, on replacements for its base images. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { FOREIGN_RUNTIME, makeBuildBase, makeForeignBase, makeRuntimeBase, npmVolumes } from './bases.ts';
import { installServers } from '../servers/index.ts';
import { installImageBundle } from './bundles.ts';
import { findNpm } from './npm.ts';
import type { Npm } from './npm.ts';
import { openRoom } from './room.ts';
import type { Room } from './room.ts';

export const IMAGE = 'localhost/qbit-ntfy-sidecar:test';
export const FOREIGN_IMAGE = 'localhost/qbit-ntfy-sidecar:arm64';

const home = join(import.meta.dirname, '..', '..');

/** What a build needs. */
export interface Means {
  /** Unpacked packages. */
  containers: string;
  runtime: string;
  shell: string;
  /** The newest servers. */
  servers: string;
  npm: Npm;
}

/** Everything that is needed, or why it is not available here. */
export async function findMeans(): Promise<Means | { reason: string }> {
  if (process.getuid?.() !== 0) return { reason: 'only root can build and run containers here' };
  const names = ['containers', 'runtime', 'shell', 'compose'] as const;
  const bundles = await Promise.all([...names.map(installImageBundle), installServers('forky')]);
  const npm = await findNpm();
  if ('reason' in npm) return npm;
  for (const installed of bundles) if (!installed.ok) return installed;
  const [containers = '', runtime = '', shell = '', , servers = ''] = bundles.map((installed) =>
    installed.ok ? realpathSync(installed.root) : '',
  );
  return { containers, runtime, shell, servers, npm };
}

/** A room with both base images, and the image. Throws when it cannot be built. */
export async function buildImage({ containers, runtime, shell, servers, npm }: Means): Promise<Room> {
  const visible = [
    home,
    realpathSync(join(home, 'node_modules')),
    runtime,
    shell,
    servers,
    npm.folder,
    npm.cache,
  ];
  const files = [npm.userConfig, npm.certificates].filter((file) => file !== null);
  await using stack = new AsyncDisposableStack();
  const room = stack.use(await openRoom(containers, [...visible, ...files]));
  await makeRuntimeBase(room, runtime);
  await makeBuildBase(room, shell, npm);
  await bud(room, npm, ['--tag', IMAGE, '--build-arg', 'VERSION=1.2.3']);
  stack.move();
  return room;
}

/** The image for another processor. */
export async function buildForeignImage(room: Room, { npm }: Means): Promise<void> {
  await makeForeignBase(room);
  // A current builder detects its own platform; Debian 12's buildah needs an argument.
  const platforms = ['--platform=linux/arm64', '--build-arg', `BUILDPLATFORM=linux/${ARCHITECTURE}`];
  await bud(room, npm, [
    ...platforms,
    '--tag',
    FOREIGN_IMAGE,
    '--build-arg',
    `RUNTIME_IMAGE=${FOREIGN_RUNTIME}`,
  ]);
}

const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';

async function bud(room: Room, npm: Npm, options: readonly string[]): Promise<void> {
  const here = ['--pull-never', '--isolation=chroot', '--network=host', '--format=docker'];
  await room.buildah('bud', ...here, ...npmVolumes(npm), ...options, home);
}
