/**
 * The test runner: `npm test`, `npm run test:unit` (without real servers, browser, image and processes), `npm run test:real` (the
 * others), or `npm test -- <part of a path>…` for some files only.
 *
 * Checks format, lint and types, unpacks the real servers, and runs every `*.test.ts` below `test/`, most of them in a
 * process of their own: test/runner/batch.ts. Its last line is `N passed, N failed, N skipped`.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { run } from 'node:test';
import type { EventData } from 'node:test';
import { spec } from 'node:test/reporters';
import { finished } from 'node:stream/promises';
import { ensureBundle } from '../src/development/bundle.ts';
import { installChromium } from './debian/chromium.ts';
import { batchFiles, writeBatch } from './runner/batch.ts';
import { kindOf, parseArguments, selectFiles } from './runner/select.ts';
import { installServers, suites } from './servers/install.ts';
import { installNginx } from './servers/nginx.ts';

const home = join(import.meta.dirname, '..');
const bin = join(home, 'node_modules', '.bin');
/** Milliseconds: only a test that hangs reaches it. A minute of computing takes ten on a busy machine. */
const testTimeout = 900_000;

interface Tally {
  passed: number;
  failed: number;
  skipped: string[];
  /** Seconds by file. */
  files: Map<string, number>;
}

// The test processes share V8's compile cache, and the sources without types: that saves a quarter of their CPU time.
process.env['NODE_COMPILE_CACHE'] ??= join(home, '.cache', 'compile');

const startedAt = performance.now();
const selection = parseArguments(process.argv.slice(2));
const tally: Tally = { passed: 0, failed: 0, skipped: [], files: new Map() };
const files = selectFiles(selection);

if (selection.filters.length === 0) {
  if (selection.kinds.includes('unit')) await check(tally);
  await ensureBundle(); // once, not in each file that needs it
}
await install(files);
if (files.length > 0) await runFiles(files, tally);
report(tally);

function usesServers(file: string): boolean {
  return /^test\/(e2e|servers|browser)\b/.test(file) || imports(file, 'servers');
}

function usesBrowser(file: string): boolean {
  return file.startsWith('test/browser/') || imports(file, 'browser');
}

function usesNginx(file: string): boolean {
  return readFileSync(join(home, file), 'utf8').includes('startNginx');
}

function imports(file: string, folder: string): boolean {
  return new RegExp(`from '[./]*${folder}/`).test(readFileSync(join(home, file), 'utf8'));
}

/** The three parts of `npm run check`, each counted as one test. */
async function check(tally: Tally): Promise<void> {
  const checks = [['oxfmt', '--check'], ['oxlint', '--type-aware'], ['tsc']] as const;
  const done = await Promise.all(checks.map(([name, ...args]) => tool(name, args)));
  for (const { title, ok, output, seconds } of done) {
    say(`${ok ? '✔' : '✖'} ${title} (${seconds.toFixed(1)} s)${ok ? '' : `\n${output.slice(0, 20_000)}`}`);
    if (ok) tally.passed++;
    else tally.failed++;
  }
}

interface ToolRun {
  title: string;
  ok: boolean;
  output: string;
  seconds: number;
}

function tool(name: string, args: readonly string[]): Promise<ToolRun> {
  const start = performance.now();
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile(
      join(bin, name),
      args,
      { cwd: home, env, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const seconds = (performance.now() - start) / 1000;
        const output = stdout + stderr + (error === null || stdout + stderr !== '' ? '' : error.message);
        resolve({ title: [name, ...args].join(' '), ok: error === null, output, seconds });
      },
    );
  });
}

/** Once, before the files start: otherwise they would wait for each other within their tests. */
async function install(files: readonly string[]): Promise<void> {
  const start = performance.now();
  const servers = suites.map((suite) => ({ name: suite, install: () => installServers(suite) }));
  const bundles = [
    ...(files.some(usesServers) ? servers : []),
    ...(files.some(usesBrowser) ? [{ name: 'chromium', install: installChromium }] : []),
    ...(files.some(usesNginx) ? [{ name: 'nginx', install: installNginx }] : []),
  ];
  if (bundles.length === 0) return;
  const installed = await Promise.all(bundles.map(({ install }) => install()));
  const parts = installed.map((bundle, index) =>
    bundle.ok
      ? Object.entries(bundle.versions).map(([name, version]) => `${name} ${version}`)
      : [`none of ${bundles[index]?.name} (${bundle.reason})`],
  );
  const fresh = installed.some((suite) => suite.ok && suite.fresh);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`From Debian: ${parts.flat().join(', ')}; ${fresh ? 'unpacked' : 'from the cache'} in ${seconds} s`);
}

async function runFiles(files: readonly string[], tally: Tally): Promise<void> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const watchdog = join(import.meta.dirname, 'servers', 'watchdog.ts');
  // A selection is small, and its files may be the ones that are being debugged.
  const batches =
    selection.filters.length > 0
      ? files.map((file) => ({ name: file, files: [file] }))
      : batchFiles(files, (file) => kindOf(file) === 'unit');
  const names = new Map(batches.map((batch) => [writeBatch(batch), batch.name]));
  const events = run({
    files: [...names.keys()],
    cwd: home,
    concurrency: availableParallelism() + 4, // the tests on real servers wait most of the time
    isolation: 'process',
    signal: interrupt.signal,
    // `development`: XState's own build for it, which warns. `run`'s own timeout would not reach the tests.
    execArgv: ['-C', 'development', `--test-timeout=${testTimeout}`, '--import', watchdog],
  });
  events.on('test:pass', (test) => count(test, tally));
  events.on('test:fail', (test) => count(test, tally));
  events.on('test:summary', ({ file, duration_ms }) => {
    if (file !== undefined) tally.files.set(names.get(file) ?? relative(home, file), duration_ms / 1000);
  });
  const printed = events.compose(spec);
  printed.pipe(process.stdout, { end: false });
  await finished(printed, { writable: false });
}

/** Suites are headings, not tests. A file that crashed is one failed test with the file's name. */
function count(test: EventData.TestPass | EventData.TestFail, tally: Tally): void {
  if (test.details.type === 'suite' && test.skip === undefined) return;
  const reason = test.skip ?? test.todo;
  if (reason !== undefined && reason !== false) {
    tally.skipped.push(
      `${test.name}: ${typeof reason === 'string' && reason !== '' ? reason : 'no reason given'}`,
    );
  } else if ('error' in test.details) tally.failed++;
  else tally.passed++;
}

function report({ passed, failed, skipped, files }: Tally): void {
  if (skipped.length > 0) say(`\nSkipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  const slowest = [...files].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  if (slowest.length > 0) {
    say(
      `\nSlowest files:\n${slowest.map(([file, seconds]) => `  ${seconds.toFixed(1)} s  ${file}`).join('\n')}`,
    );
  }
  if (files.size === 0 && failed === 0) say('\nNo test ran: that is a failure.');
  process.exitCode = failed > 0 || passed + failed === 0 || files.size === 0 ? 1 : 0;
  say(`\nTook ${took()}: ${selection.kinds.join(' and ')} tests in ${files.size} processes.`);
  say(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
}

/** The duration since the start, like `7 min 5 s`. */
function took(): string {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
