/** Test files that share a process: to start one costs more than most files, and each has to load the sources again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOME = join(import.meta.dirname, '..', '..');

/** Folders whose tests leave nothing in the process: those of one entry share one. The first entry counts. */
const SHARED: ReadonlyArray<readonly string[]> = [
  ['test/machines/supervisor/'],
  ['test/machines/'],
  ['test/page/'],
  ['test/server/'],
  ['test/charts/', 'test/config/', 'test/format/', 'test/ntfy/', 'test/qbittorrent/'],
  ['test/house/', 'test/log/', 'test/release/', 'test/simulator/', 'test/util/'],
];

/** Folders whose tests on real programs share one, too: they share one browser. */
const SHARED_REAL: ReadonlyArray<readonly string[]> = [['test/browser/']];

/** What a process runs. */
export interface Batch {
  /** One file, or the name of a batch. */
  name: string;
  files: readonly string[];
}

/** Combines the tests of shared folders; a batch is where its first file was. */
export function batchFiles(files: readonly string[], isUnit: (file: string) => boolean): Batch[] {
  const batches = new Map<string, string[]>();
  for (const file of files) {
    const shared = isUnit(file) ? SHARED : SHARED_REAL;
    const folders = shared.find((folders) => folders.some((folder) => file.startsWith(folder)));
    const name = folders === undefined ? file : folders.join(', ');
    batches.set(name, [...(batches.get(name) ?? []), file]);
  }
  return Array.from(batches, ([name, files]) => ({ name, files }));
}

/** The path of the file that runs a batch: for more than one file, one that imports them. */
export function writeBatch({ name, files }: Batch): string {
  const [first = '', ...rest] = files;
  if (rest.length === 0) return join(HOME, first);
  const folder = join(HOME, '.cache', 'batches');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.test.mjs`);
  writeFileSync(path, files.map((file) => `import ${JSON.stringify(join(HOME, file))};\n`).join(''));
  return path;
}
