/** Builds the bundle when it is older than its sources. */
import { globSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './shipped.ts';

/** Where `npm run build` writes it. */
export const BUNDLE = join(ROOT, 'dist', 'sidecar.js');

/** The sources of the bundle. Folders are included: one from which a file was removed is newer than the bundle, too. */
const SOURCES = [
  '{machines,src}/**',
  'rolldown.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;

/** Whether a bundle is missing or older than its newest source. */
export function isStale(file = BUNDLE): boolean {
  const built = changedAt(file);
  return globSync(SOURCES, { cwd: ROOT }).some((path) => changedAt(join(ROOT, path)) > built);
}

/**
 * Builds the bundle as `npm run build` does. Several processes may build at the same time: each writes its own file and
 * renames it.
 */
export async function buildBundle(file = BUNDLE): Promise<void> {
  const startedAt = new Date();
  // Only here: a bundle that is up to date needs no development dependencies.
  const [{ build }, { default: config }] = await Promise.all([
    import('rolldown'),
    import('../../rolldown.config.ts'),
  ]);
  const [output] = [config.output].flat();
  const written = `${file}.${process.pid}`;
  try {
    await build({ ...config, cwd: ROOT, logLevel: 'warn', output: { ...output, file: written } });
    // So that a source that changed during the build is newer than the bundle.
    utimesSync(written, startedAt, startedAt);
    renameSync(written, file);
  } finally {
    rmSync(written, { force: true });
  }
}

/** The bundle's path, after a build where it was stale. */
export async function ensureBundle(file = BUNDLE): Promise<string> {
  if (isStale(file)) await buildBundle(file);
  return file;
}
