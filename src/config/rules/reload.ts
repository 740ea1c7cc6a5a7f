import type { RuleSet, Target } from './compile.ts';
import { readRulesFile, statFile } from './file.ts';
import type { FileState, FileText, RulesCopy } from './file.ts';
import { parseRules } from './parse.ts';
import { describeProblem, problemOfFile } from './problem.ts';

/** Milliseconds for which a changed file must stay as it is: half of a YAML file is often valid. */
export const SETTLE_TIME = 2000;

/** Milliseconds between two checks: thousands of observations follow each other within one poll. */
export const CHECK_INTERVAL = 1000;

/** What happened to the rules file. No text contains a topic. */
export type RulesReport =
  /** A changed file is valid, and is used from now on. `warnings`: one line each. */
  | { kind: 'changed'; rules: RuleSet; warnings: string[] }
  /** The file is invalid, the last valid rules stay. Once for each invalid state of the file. */
  | { kind: 'invalid'; problems: string[] }
  /** After `invalid`: the file is valid again. */
  | { kind: 'valid' }
  /** The copy for the next start could not be written. */
  | { kind: 'copy-failed'; code: string };

/** The rules that are in use, kept up to date with the file. */
export interface Rules {
  /** The last valid rules. Checks the file first, at most once a second: no watcher, and no timer. */
  current(): RuleSet;
  /** Checks the file now, and once more when it has settled. For a signal. */
  recheck(): void;
  /** The problems of the file as it is, one line each; empty while it is valid. */
  readonly problems: readonly string[];
}

/** What the rules begin with. */
export interface InitialRules {
  rules: RuleSet;
  /** The text that they come from. */
  text: string;
  /** The state of the file that was read last, valid or not. */
  file: FileState;
  problems: readonly string[];
}

export interface RulesOptions {
  path: string;
  target: Target;
  copy: RulesCopy;
  initial: InitialRules;
  /** Milliseconds since 1970. */
  now: () => number;
  report: (report: RulesReport) => void;
  /** Replaced in tests. */
  stat?: (path: string) => FileState;
  read?: (path: string) => FileText;
  /** Runs once after milliseconds, without keeping the process alive. */
  later?: (run: () => void, delay: number) => void;
}

const runLater = (run: () => void, delay: number): void => {
  setTimeout(run, delay).unref();
};

/**
 * Keeps rules up to date with their file. A change is accepted when the file has been the same for two seconds, either by
 * its own times or between two checks; an invalid, empty or missing file changes nothing but is reported once.
 */
export function createRules(options: RulesOptions): Rules {
  const { path, target, copy, initial, now, report } = options;
  const { stat = statFile, read = readRulesFile, later = runLater } = options;
  let { rules, text, problems } = initial;
  let examined = initial.file.id;
  let pending: { id: string; since: number } | null = null;
  let checkedAt = Number.NEGATIVE_INFINITY;

  function check(): void {
    const at = now();
    checkedAt = at;
    const file = stat(path);
    if (file.id === examined) {
      pending = null;
      return;
    }
    // Also if the clock was set back: a pending change must not wait for the old time.
    if (pending === null || pending.id !== file.id || pending.since > at)
      pending = { id: file.id, since: at };
    const age = file.changedAt === null ? 0 : at - file.changedAt;
    if (Math.max(at - pending.since, age) < SETTLE_TIME) return;
    const found = read(path);
    pending = found.state.id === file.id ? null : { id: found.state.id, since: at };
    if (pending === null) examine(found);
  }

  function examine(found: FileText): void {
    examined = found.state.id;
    if (!found.ok) return reject([describeProblem(path, problemOfFile(found.message))]);
    const isSame = found.text === text;
    const parsed = parseRules(found.text, target);
    if (!parsed.ok) return reject(parsed.problems.map((problem) => describeProblem(path, problem)));
    if (problems.length > 0) {
      problems = [];
      report({ kind: 'valid' });
    }
    if (isSame) return;
    ({ rules } = parsed);
    ({ text } = found);
    report({
      kind: 'changed',
      rules,
      warnings: parsed.warnings.map((warning) => describeProblem(path, warning)),
    });
    const code = copy.write(text);
    if (code !== null) report({ kind: 'copy-failed', code });
  }

  function reject(found: string[]): void {
    const isKnown = found.join('\n') === problems.join('\n');
    problems = found;
    if (!isKnown) report({ kind: 'invalid', problems: found });
  }

  return {
    current() {
      const elapsed = now() - checkedAt;
      if (elapsed >= CHECK_INTERVAL || elapsed < 0) check();
      return rules;
    },
    recheck() {
      check();
      if (pending !== null) later(check, SETTLE_TIME);
    },
    get problems() {
      return problems;
    },
  };
}
