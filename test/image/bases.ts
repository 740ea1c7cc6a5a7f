/**
 * Replacements for the base images, which no registry provides here: Debian's libraries and the real Node 24 of npm's
 * `node`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Npm } from './npm.ts';
import type { Room } from './room.ts';

const home = join(import.meta.dirname, '..', '..');
const node = join(home, 'node_modules', 'node', 'bin', 'node');

/** The base images by their names in the Dockerfile. */
export const baseNames = { build: readDefault('BUILD_IMAGE'), runtime: readDefault('RUNTIME_IMAGE') };

/** A runtime base for a processor that this machine cannot run: an image with its platform, and a file. */
export const FOREIGN_RUNTIME = 'localhost/runtime:arm64';

function readDefault(name: string): string {
  const found = new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(readFileSync(join(home, 'Dockerfile'), 'utf8'));
  if (found?.[1] === undefined) throw new Error(`The Dockerfile has no default for ${name}`);
  return found[1];
}

/** Like distroless: no shell, the user 65532, certificates, and Node as the entry point. */
export async function makeRuntimeBase(room: Room, packages: string): Promise<void> {
  const certificates = join(room.shared, 'ca-certificates.crt');
  const folder = join(packages, 'usr', 'share', 'ca-certificates', 'mozilla');
  writeFileSync(
    certificates,
    readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join(''),
  );
  mkdirSync(join(room.shared, 'home', 'nonroot'), { recursive: true, mode: 0o700 });
  await makeImage(room, baseNames.runtime, {
    copies: [
      [packages, '/'],
      [join(room.shared, 'home'), '/home'],
      [certificates, '/etc/ssl/certs/ca-certificates.crt'],
      [node, '/nodejs/bin/node'],
    ],
    config: ['--user', '65532', '--workingdir', '/home/nonroot', '--entrypoint', '["/nodejs/bin/node"]'],
  });
}

/** Like the image of the same name: a shell, Node and npm; npm with this machine's settings. */
export async function makeBuildBase(room: Room, packages: string, npm: Npm): Promise<void> {
  const users = join(room.shared, 'passwd');
  writeFileSync(users, PASSWD);
  const link = join(room.shared, 'npm');
  writeFileSync(link, '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n', {
    mode: 0o755,
  });
  const settings = {
    npm_config_cache: CACHE,
    npm_config_prefer_offline: 'true',
    npm_config_registry: npm.registry,
    ...(npm.certificates === null ? {} : { npm_config_cafile: CERTIFICATES }),
  };
  await makeImage(room, baseNames.build, {
    copies: [
      [packages, '/'],
      [users, '/etc/passwd'],
      [node, '/usr/local/bin/node'],
      [npm.folder, '/usr/local/lib/node_modules/npm'],
      [link, '/usr/local/bin/npm'],
      ...(npm.certificates === null ? [] : [[npm.certificates, CERTIFICATES] as const]),
    ],
    config: Object.entries({ PATH: '/usr/local/bin:/usr/bin', ...settings }).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]),
  });
}

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\n';
const CACHE = '/var/cache/npm';
const CERTIFICATES = '/etc/ssl/certs/machine.crt';

/** What `buildah bud` needs so that npm finds its cache and settings in a build. */
export function npmVolumes({ cache, userConfig }: Npm): string[] {
  const volumes = [`${cache}:${CACHE}`, ...(userConfig === null ? [] : [`${userConfig}:/root/.npmrc:ro`])];
  return volumes.flatMap((volume) => ['--volume', volume]);
}

/** Only its platform matters: an image based on it is never run here. */
export async function makeForeignBase(room: Room): Promise<void> {
  const file = join(room.shared, 'passwd');
  writeFileSync(file, PASSWD);
  await makeImage(room, FOREIGN_RUNTIME, {
    platform: 'linux/arm64',
    copies: [[file, '/etc/passwd']],
    config: [],
  });
}

/** The contents of an image. */
export interface Contents {
  /** Default: nothing. */
  from?: string;
  /** Default: this machine's. */
  platform?: string;
  copies: ReadonlyArray<readonly [from: string, to: string]>;
  /** Options of `buildah config`. */
  config: readonly string[];
}

/** Creates an image without a Dockerfile. */
export async function makeImage(room: Room, name: string, contents: Contents): Promise<void> {
  const { from = 'scratch', platform, copies, config } = contents;
  const options = platform === undefined ? [] : ['--platform', platform];
  const container = await room.buildah('from', '--pull-never', ...options, from);
  for (const [from, to] of copies) await room.buildah('copy', '--quiet', container, from, to);
  if (config.length > 0) await room.buildah('config', ...config, container);
  await room.buildah('commit', '--quiet', '--rm', container, name);
}
