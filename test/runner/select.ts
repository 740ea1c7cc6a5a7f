/** The test files of a run, what they need of the machine, and their order. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const HOME = join(import.meta.dirname, '..', '..');

/** These take minutes by design: they run only when they are named. */
const BY_NAME_ONLY = ['test/attack/', 'test/bench/', 'test/chaos/', 'test/fleet/', 'test/soak/'];

/** This file unpacks every Debian program: a test that imports it, directly or indirectly, needs real programs. */
const INSTALLER = 'test/debian/install.ts';

/** The module that starts processes, and the file that uses it for servers: most of its importers need its folders. */
const PROCESSES = 'node:child_process';
const SERVER_PROCESSES = 'test/servers/processes.ts';

/** The longest files, longest first. They start first, so that no one of them runs alone at the end. */
export const SLOWEST: readonly string[] = [
  'test/browser/download.test.ts',
  'test/image/image.test.ts',
  'test/qbittorrent/recheck-real.test.ts',
  'test/e2e/recipes.test.ts',
  'test/e2e/many.test.ts',
  'test/remote/real.test.ts',
  'test/e2e/buttons.test.ts',
  'test/e2e/load.test.ts',
  'test/hooks/proxy.test.ts',
  'test/e2e/soak-short.test.ts',
  'test/contract/qbittorrent.test.ts',
  'test/properties/day.test.ts',
  'test/e2e/done.test.ts',
  'test/k8s/pod.test.ts',
  'test/e2e/restarts.test.ts',
];

/** `unit`: runs in one process; `real`: real servers, a browser, the image, or the program as a process. */
export type Kind = 'unit' | 'real';

export interface Selection {
  kinds: readonly Kind[];
  /** Parts of paths; none: every file except those that run only when named. */
  filters: readonly string[];
}

/** Parses the runner's arguments. */
export function parseArguments(args: readonly string[]): Selection {
  const kinds = (['unit', 'real'] as const).filter((kind) => args.includes(`--${kind}`));
  const filters = args.filter((argument) => !argument.startsWith('--'));
  return {
    kinds: kinds.length === 0 ? ['unit', 'real'] : kinds,
    filters: filters.map((filter) => filter.replace(/^\.\//, '')),
  };
}

/** The files of a selection in the order in which they start: the slowest, unit tests, the rest of the real ones. */
export function selectFiles({ kinds, filters }: Selection): string[] {
  const isSelected = (file: string): boolean =>
    filters.length === 0
      ? !BY_NAME_ONLY.some((folder) => file.startsWith(folder))
      : filters.some((filter) => file.includes(filter) && isNamed(file, filter));
  return globSync('test/**/*.test.ts', { cwd: HOME })
    .map((file) => ({ file, kind: kindOf(file), slow: SLOWEST.indexOf(file) }))
    .filter(({ file, kind }) => kinds.includes(kind) && isSelected(file))
    .toSorted(
      (a, b) =>
        Number(b.slow !== -1) - Number(a.slow !== -1) ||
        a.slow - b.slow ||
        Number(a.kind === 'real') - Number(b.kind === 'real') ||
        a.file.localeCompare(b.file),
    )
    .map(({ file }) => file);
}

function isNamed(file: string, filter: string): boolean {
  const folder = BY_NAME_ONLY.find((folder) => file.startsWith(folder));
  return folder === undefined || filter.includes(folder.split('/')[1] ?? folder);
}

/** Reads the imports of a test file. */
export function kindOf(file: string): Kind {
  return reaches(file, INSTALLER) || reaches(file, PROCESSES) ? 'real' : 'unit';
}

/** Whether a file imports another one, directly or through others; types do not count. */
export function reaches(file: string, target: string): boolean {
  const found = new Set([file]);
  for (const path of found)
    if (path !== SERVER_PROCESSES) for (const imported of importsOf(path)) found.add(imported);
  return found.has(target);
}

const known = new Map<string, string[]>();

function importsOf(path: string): string[] {
  const imports = known.get(path) ?? readImports(path);
  known.set(path, imports);
  return imports;
}

function readImports(path: string): string[] {
  if (!path.startsWith('test/') || !path.endsWith('.ts')) return [];
  const text = readFileSync(join(HOME, path), 'utf8');
  const found = text.matchAll(
    /(?:^(?:import|export) (?!type\b)[^;]*?from |^import |import\()'(\.[^']+|node:child_process)'/gm,
  );
  return Array.from(found, ([, specifier = '']) =>
    specifier === PROCESSES ? specifier : normalize(join(dirname(path), specifier)),
  );
}
