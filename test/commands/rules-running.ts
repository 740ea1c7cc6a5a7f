/** The sidecar as a process with a rules file, under the flags of the image. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import type { SidecarProcess } from '../chaos/sidecar.ts';
import { until } from '../servers/wait.ts';

/** A line of the log, as far as it is about the rules. */
export interface LogLine {
  message: string;
  rules?: number;
  problems?: string[];
}

export interface Running extends AsyncDisposable {
  /** `RULES_FILE`. */
  path: string;
  folder: string;
  stateDir: string;
  sidecar: SidecarProcess;
  /** All output so far. */
  output: () => string;
  /** The log lines about the rules so far, by what they report. */
  reports: () => string[];
  /** Sends SIGHUP, and waits until there are this many reports. */
  reread: (count: number) => Promise<string[]>;
}

export interface RunningOptions {
  /** The text of the file; default: one rule. */
  text?: string;
  /** Creates the file in a folder, and returns its path. */
  prepare?: (folder: string) => string;
  /** The copy of an earlier run; default: none. */
  copy?: string;
}

/** A file with this many rules, which send to a topic that must never be printed. */
export const rulesWith = (count: number): string =>
  `rules:\n${Array.from({ length: count }, (_, index) => `  - name: rule ${index}\n    topic: planted-topic\n`).join('')}`;

/** Nothing listens there. */
export const environment = (changes: Record<string, string>): Record<string, string> => ({
  QBIT_HOST: 'http://127.0.0.1:9',
  NTFY_TOPIC: 'http://127.0.0.1:9/planted-default',
  HOOK_PORT: '0',
  OPS_PORT: '0',
  ...changes,
});

/** What a line reports: `changed 2`, `invalid`, `valid`; `null` for other lines. */
function reportOf({ message, rules }: LogLine): string | null {
  if (message === 'rules loaded') return `loaded ${rules}`;
  if (message === 'rules changed') return `changed ${rules}`;
  if (message.startsWith('RULES_FILE is invalid')) return 'invalid';
  return message === 'RULES_FILE is valid again' ? 'valid' : null;
}

/** Starts a process; it listens when this resolves. */
export async function startWithRules(options: RunningOptions = {}): Promise<Running> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const [path, stateDir] = [options.prepare?.(folder) ?? join(folder, 'rules.yaml'), join(folder, 'state')];
  if (options.prepare === undefined) writeFileSync(path, options.text ?? rulesWith(1));
  mkdirSync(stateDir);
  if (options.copy !== undefined) writeFileSync(join(stateDir, 'rules-last-valid.yaml'), options.copy);
  const sidecar = stack.use(
    createSidecarProcess(environment({ RULES_FILE: path, STATE_DIR: stateDir, LOG_LEVEL: 'debug' })),
  );
  sidecar.start();
  const output = () => sidecar.current?.output ?? '';
  await until('it listens', () => output().includes('"message":"listening"'));
  const reports = () =>
    output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => reportOf(JSON.parse(line) as LogLine))
      .filter((report) => report !== null);
  const owned = stack.move();
  return {
    path,
    folder,
    stateDir,
    sidecar,
    output,
    reports,
    async reread(count) {
      sidecar.send('SIGHUP');
      return until(`there are ${count} reports`, () => reports().length >= count && reports());
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
