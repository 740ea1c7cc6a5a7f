/** Unpacks the real servers into `.cache/servers/<suite>/`, once; how and why: Debian packages, no root rights. */
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { debianMirrors, download, unpack } from './apt.ts';
import type { Architecture } from './apt.ts';
import { withLock } from './lock.ts';

/** The Debian suites that hold the generations of the servers. */
export type Suite = 'bookworm' | 'trixie' | 'forky';

/** Where a suite's programs lie, or why they can't be had here. */
export type Installed =
  | {
      ok: true;
      /** The unpacked packages: holds `usr/bin`. */
      root: string;
      /** Debian's version of each package that was asked for, like `5.3.0-1`. */
      versions: Record<string, string>;
      /** Whether this call brought it (and not an earlier one). */
      fresh: boolean;
    }
  | { ok: false; reason: string };

const packages: Record<Suite, readonly string[]> = {
  bookworm: ['qbittorrent-nox'], // ntfy came with trixie
  trixie: ['qbittorrent-nox', 'ntfy'],
  forky: ['qbittorrent-nox', 'ntfy'],
};

/** All suites, oldest first. */
export const suites: readonly Suite[] = ['bookworm', 'trixie', 'forky'];

const cache = join(import.meta.dirname, '..', '..', '.cache', 'servers');
const once = new Map<Suite, Promise<Installed>>();

/**
 * Makes a suite's servers available: from the cache, or else from this machine's Debian mirror.
 * Never throws for "can't be had here"; safe to call from several processes at once.
 */
export function installServers(suite: Suite): Promise<Installed> {
  const running = once.get(suite) ?? install(suite);
  once.set(suite, running);
  return running;
}

async function install(suite: Suite): Promise<Installed> {
  const architecture = architectureHere();
  if (architecture === null) {
    return {
      ok: false,
      reason: `Debian's servers need Linux on x64 or arm64, this is ${process.platform} on ${process.arch}`,
    };
  }
  const done = readMarker(suite, architecture);
  if (done !== null) return { ok: true, fresh: false, ...done };
  await mkdir(cache, { recursive: true });
  return withLock(join(cache, `${suite}.lock`), async () => {
    const byOther = readMarker(suite, architecture);
    if (byOther !== null) return { ok: true, fresh: false, ...byOther };
    return readFailure(suite) ?? bring(suite, architecture);
  });
}

/** Works beside the final folder and renames at the end: a folder that exists is whole, or it has no marker. */
async function bring(suite: Suite, architecture: Architecture): Promise<Installed> {
  const half = join(cache, `${suite}.unpacking.${process.pid}`); // a killed run's apt may still write to another
  try {
    await removeLeftovers(suite);
    const apt = join(half, 'apt');
    const debs = await downloadFromAny({ suite, architecture, packages: packages[suite], folder: apt });
    await unpack(debs, join(half, 'root'));
    await rm(apt, { recursive: true, force: true });
    await writeFile(
      join(half, 'installed.json'),
      JSON.stringify({ architecture, versions: versionsOf(suite, debs) }),
    );
    await rm(join(cache, suite), { recursive: true, force: true });
    await rename(half, join(cache, suite));
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    return noteFailure(suite, `Debian ${suite} can't be had here: ${explain(error)}`);
  }
  const done = readMarker(suite, architecture);
  return done === null
    ? { ok: false, reason: `the cache of ${suite} can't be read` }
    : { ok: true, fresh: true, ...done };
}

async function removeLeftovers(suite: Suite): Promise<void> {
  const names = await readdir(cache);
  for (const name of names) {
    if (name.startsWith(`${suite}.unpacking.`)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

/** Other test files would wait for the same failure once more: for a minute they take this one. */
async function noteFailure(suite: Suite, reason: string): Promise<Installed> {
  await writeFile(join(cache, `${suite}.failed.json`), JSON.stringify({ at: Date.now(), reason }));
  return { ok: false, reason };
}

function readFailure(suite: Suite): Installed | null {
  const noted = readJson(join(cache, `${suite}.failed.json`));
  if (noted === null || typeof noted['at'] !== 'number' || Date.now() - noted['at'] > 60_000) return null;
  return { ok: false, reason: String(noted['reason']) };
}

async function downloadFromAny(wanted: Parameters<typeof download>[1]): Promise<string[]> {
  const mirrors = await debianMirrors();
  let failure: unknown = new Error('apt on this machine knows no Debian mirror');
  for (const mirror of mirrors) {
    try {
      await rm(wanted.folder, { recursive: true, force: true });
      return await download(mirror, wanted);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function readMarker(suite: Suite, architecture: Architecture) {
  const folder = join(cache, suite);
  const marker = readJson(join(folder, 'installed.json'));
  if (marker === null || marker['architecture'] !== architecture) return null;
  const versions = Object.entries(marker['versions'] ?? {}).map(
    ([name, version]) => [name, String(version)] as const,
  );
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

/** A .deb is called `<package>_<version>_<architecture>.deb`. */
function versionsOf(suite: Suite, debs: readonly string[]): Record<string, string> {
  const named = debs.map((deb) => basename(deb).split('_'));
  return Object.fromEntries(
    packages[suite].map((name) => [
      name,
      decodeURIComponent(named.find(([first]) => first === name)?.[1] ?? 'unknown'),
    ]),
  );
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'apt and dpkg are not on this machine';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : error.message;
  const lines = said.trim().split('\n');
  const line = lines.find((line) => line.startsWith('E:') || line.startsWith('Err:')) ?? lines.at(-1);
  return (line ?? 'unknown').slice(0, 300);
}
