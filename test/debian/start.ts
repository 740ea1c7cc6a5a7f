/**
 * How a program of unpacked packages is started: with its own suite's loader and libraries, its children with the
 * machine's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const [TRIPLET, LOADER] =
  process.arch === 'arm64'
    ? ['aarch64-linux-gnu', 'ld-linux-aarch64.so.1']
    : ['x86_64-linux-gnu', 'ld-linux-x86-64.so.2'];

/** The command, and the arguments before the program's own. */
export function startOf(
  root: string,
  name: string,
  folder: 'bin' | 'sbin' = 'bin',
): { command: string; args: string[] } {
  const folders = librariesOf(root);
  const command = folders.map((libraries) => join(libraries, LOADER)).find((file) => existsSync(file));
  if (command === undefined) throw new Error(`No ${LOADER} among the unpacked packages`);
  const libraries = folders
    .flatMap((place) => [place, join(place, 'libproxy'), join(place, 'systemd')])
    .filter((place) => existsSync(place));
  return { command, args: ['--library-path', libraries.join(':'), join(root, 'usr', folder, name)] };
}

/** In bookworm the loader and some of the libraries are under `lib/`, later all under `usr/lib/`. */
export function librariesOf(root: string): string[] {
  return [join(root, 'usr', 'lib', TRIPLET), join(root, 'lib', TRIPLET), join(root, 'lib')];
}
