/** Rules on a real file system, with a simulated clock. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRulesCopy, readRulesFile, statFile } from '../../../src/config/rules/file.ts';
import { parseRules } from '../../../src/config/rules/index.ts';
import { createRules } from '../../../src/config/rules/reload.ts';
import type { Rules, RulesOptions, RulesReport } from '../../../src/config/rules/reload.ts';
import { TARGET } from './parsing.ts';

/** A file with one rule. */
export const ruleNamed = (name: string): string => `rules:\n  - name: ${name}\n    topic: planted-topic\n`;

export interface Watched extends Disposable {
  folder: string;
  path: string;
  rules: Rules;
  /** The name of the only rule that is in use. */
  name: () => string | undefined;
  /** Writes the file in place. */
  write: (text: string) => void;
  /** Lets time pass, then uses the rules. */
  pass: (ms: number) => string | undefined;
  /** The kinds of all reports. */
  kinds: () => string[];
  reports: RulesReport[];
  /** What the next start would begin with. */
  copied: () => string;
  counts: { stats: number; reads: number };
  /** Runs what was to run later; returns how much that was. */
  runLater: () => number;
}

export interface WatchOptions {
  /** Creates the file in a folder, and returns its path. */
  prepare?: (folder: string) => string;
  /** Called when the file has been read, before it is closed. */
  whileReading?: (path: string) => void;
}

/** Starts with a valid file with the rule `first`. */
export function watchRules({ prepare, whileReading }: WatchOptions = {}): Watched {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const path = prepare?.(folder) ?? join(folder, 'rules.yaml');
  if (prepare === undefined) writeFileSync(path, ruleNamed('first'));
  let passed = 0;
  const reports: RulesReport[] = [];
  const counts = { stats: 0, reads: 0 };
  const later: Array<() => void> = [];
  // A day after the file was written: what was there before the start has settled.
  const start = Date.now() + 86_400_000;
  const file = readRulesFile(path);
  const parsed = parseRules(file.ok ? file.text : '', TARGET);
  if (!file.ok || !parsed.ok) throw new Error('the first file is invalid');
  const options: RulesOptions = {
    path,
    target: TARGET,
    copy: createRulesCopy(folder),
    initial: { rules: parsed.rules, text: file.text, file: file.state, problems: [] },
    now: () => start + passed,
    report: (report) => reports.push(report),
    stat(path) {
      counts.stats += 1;
      const state = statFile(path);
      // Files that a test writes are written at the simulated time.
      return { ...state, changedAt: state.changedAt === null ? null : start + passed - ageOf(state.id) };
    },
    read(path) {
      counts.reads += 1;
      const found = readRulesFile(path);
      whileReading?.(path);
      return found;
    },
    later: (run) => void later.push(run),
  };
  /** When each state of the file was first seen. */
  const seen = new Map<string, number>([[file.state.id, 0]]);
  const ageOf = (id: string): number => {
    if (!seen.has(id)) seen.set(id, passed);
    return passed - (seen.get(id) ?? 0);
  };
  const rules = createRules(options);
  const name = () => rules.current().rules[0]?.name;
  return {
    folder,
    path,
    rules,
    name,
    write: (text) => writeFileSync(path, text),
    pass(ms) {
      passed += ms;
      return name();
    },
    kinds: () => reports.map(({ kind }) => kind),
    reports,
    copied: () => readFileSync(join(folder, 'rules-last-valid.yaml'), 'utf8'),
    counts,
    runLater() {
      passed += 2000;
      const runs = later.splice(0);
      for (const run of runs) run();
      return runs.length;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
