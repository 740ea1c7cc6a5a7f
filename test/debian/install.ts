/** Unpacks Debian packages into `.cache/debian/<name>/`, once, with all dependencies; nothing is installed. */
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { debianMirrors, download, unpack } from './apt.ts';
import type { Architecture } from './apt.ts';
import { withLock } from './lock.ts';

/** A Debian release by its code name. */
export type Suite = 'bookworm' | 'trixie' | 'forky';

/** Programs of one suite that are used together. */
export interface Bundle {
  /** Names its folder in the cache. */
  name: string;
  suite: Suite;
  packages: readonly string[];
}

/** The folder of a bundle's programs, or why they are not available here. */
export type Installed =
  | {
      ok: true;
      /** The unpacked packages, with `usr/bin`. */
      root: string;
      /** Debian's version of each requested package, like `5.3.0-1`. */
      versions: Record<string, string>;
      /** Whether this call unpacked it (and not an earlier one). */
      fresh: boolean;
    }
  | { ok: false; reason: string };

const cache = join(import.meta.dirname, '..', '..', '.cache', 'debian');
const once = new Map<string, Promise<Installed>>();

/**
 * Makes a bundle available: from the cache, or else from this machine's Debian mirror.
 * Never throws when packages are not available; safe to call from several processes at once.
 */
export function installBundle(bundle: Bundle): Promise<Installed> {
  const running = once.get(bundle.name) ?? install(bundle);
  once.set(bundle.name, running);
  return running;
}

async function install(bundle: Bundle): Promise<Installed> {
  const architecture = architectureHere();
  if (architecture === null) {
    return {
      ok: false,
      reason: `Debian's programs need Linux on x64 or arm64, this is ${process.platform} on ${process.arch}`,
    };
  }
  const done = readMarker(bundle, architecture);
  if (done !== null) return { ok: true, fresh: false, ...done };
  await mkdir(cache, { recursive: true });
  return withLock(join(cache, `${bundle.name}.lock`), async () => {
    const byOther = readMarker(bundle, architecture);
    if (byOther !== null) return { ok: true, fresh: false, ...byOther };
    return readFailure(bundle) ?? unpackBundle(bundle, architecture);
  });
}

/** Works beside the final folder and renames at the end: an existing folder is complete, or it has no marker. */
async function unpackBundle(bundle: Bundle, architecture: Architecture): Promise<Installed> {
  const { name, suite, packages } = bundle;
  const half = join(cache, `${name}.unpacking.${process.pid}`); // the apt of a killed run may still write to another
  try {
    await removeLeftovers(name);
    const apt = join(half, 'apt');
    const debs = await downloadFromAny({ suite, architecture, packages, folder: apt });
    await unpack(debs, join(half, 'root'));
    await rm(apt, { recursive: true, force: true });
    await writeFile(
      join(half, 'installed.json'),
      JSON.stringify({ architecture, versions: versionsOf(packages, debs) }),
    );
    await rm(join(cache, name), { recursive: true, force: true });
    await rename(half, join(cache, name));
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    return storeFailure(bundle, `Debian ${suite} can't be had here: ${explain(error)}`);
  }
  const done = readMarker(bundle, architecture);
  return done === null
    ? { ok: false, reason: `the cache of ${name} can't be read` }
    : { ok: true, fresh: true, ...done };
}

async function removeLeftovers(name: string): Promise<void> {
  const files = await readdir(cache);
  for (const file of files) {
    if (file.startsWith(`${name}.unpacking.`)) await rm(join(cache, file), { recursive: true, force: true });
  }
}

/** Other test files would wait for the same failure again: for a minute they get this one. */
async function storeFailure({ name }: Bundle, reason: string): Promise<Installed> {
  await writeFile(join(cache, `${name}.failed.json`), JSON.stringify({ at: Date.now(), reason }));
  return { ok: false, reason };
}

function readFailure({ name }: Bundle): Installed | null {
  const stored = readJson(join(cache, `${name}.failed.json`));
  if (stored === null || typeof stored['at'] !== 'number' || Date.now() - stored['at'] > 60_000) return null;
  return { ok: false, reason: String(stored['reason']) };
}

async function downloadFromAny(requested: Parameters<typeof download>[1]): Promise<string[]> {
  const mirrors = await debianMirrors();
  let failure: unknown = new Error('apt on this machine has no Debian mirror');
  for (const mirror of mirrors) {
    try {
      await rm(requested.folder, { recursive: true, force: true });
      return await download(mirror, requested);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function readMarker({ name, packages }: Bundle, architecture: Architecture) {
  const folder = join(cache, name);
  const marker = readJson(join(folder, 'installed.json'));
  if (marker === null || marker['architecture'] !== architecture) return null;
  const versions = Object.entries(marker['versions'] ?? {}).map(
    ([name, version]) => [name, String(version)] as const,
  );
  // Another list of packages needs another folder.
  if (packages.some((requested) => !versions.some(([installed]) => installed === requested))) return null;
  return { root: join(folder, 'root'), versions: Object.fromEntries(versions) };
}

function readJson(file: string): Record<string, unknown> | null {
  try {
    const value: Record<string, unknown> | null = JSON.parse(readFileSync(file, 'utf8'));
    return value;
  } catch {
    return null;
  }
}

function architectureHere(): Architecture | null {
  if (process.platform !== 'linux') return null;
  if (process.arch === 'x64') return 'amd64';
  return process.arch === 'arm64' ? 'arm64' : null;
}

/** The name of a .deb is `<package>_<version>_<architecture>.deb`. */
function versionsOf(packages: readonly string[], debs: readonly string[]): Record<string, string> {
  const named = debs.map((deb) => basename(deb).split('_'));
  return Object.fromEntries(
    packages.map((name) => [
      name,
      decodeURIComponent(named.find(([first]) => first === name)?.[1] ?? 'unknown'),
    ]),
  );
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'apt and dpkg are not on this machine';
  const output = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : error.message;
  const lines = output.trim().split('\n');
  const line = lines.find((line) => line.startsWith('E:') || line.startsWith('Err:')) ?? lines.at(-1);
  return (line ?? 'unknown').slice(0, 300);
}
