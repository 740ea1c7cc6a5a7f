import type { RuleSet, Target } from './compile.ts';
import { readRulesFile, statFile } from './file.ts';
import type { FileState, FileText, RulesCopy } from './file.ts';
import { parseFile } from './parse.ts';
import type { ParsedRules } from './parse.ts';
import { describeProblem } from './problem.ts';

/** Milliseconds for which a changed file must stay as it is: half of a YAML file is often valid. */
export const SETTLE_TIME = 2000;

/** Milliseconds between two checks: thousands of observations follow each other within one poll. */
export const CHECK_INTERVAL = 1000;

/** Milliseconds by which a timer may be early. */
const TIMER_TOLERANCE = 20;

/** What happened to the rules file. No text contains a topic. */
export type RulesReport =
  /** A changed file is valid, and is used from now on. `warnings`: one line each. */
  | { kind: 'changed'; rules: RuleSet; warnings: string[] }
  /** The file is invalid, the last valid rules stay. Once for each invalid state of the file. */
  | { kind: 'invalid'; problems: string[] }
  /** After `invalid`: the file is valid again. */
  | { kind: 'valid' }
  /** The copy for the next start could not be written. */
  | { kind: 'copy-failed'; problem: string };

/** The rules that are in use, kept up to date with the file. */
export interface Rules {
  /** The last valid rules. Checks the file first, at most once a second: no watcher, and no timer. */
  current(): RuleSet;
  /** Checks the file now, and again until it has settled. For a signal. */
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

/** Detects a change of the file that has settled. */
interface ChangeDetector {
  /** The changed file, once, when it has been the same for two seconds; otherwise `null`. */
  check(): FileText | null;
  /** Whether there is a change that has not settled. */
  readonly isPending: boolean;
}

/** @param examined the state of the file that was read last */
function createChangeDetector(
  { path, now, stat = statFile, read = readRulesFile }: RulesOptions,
  examined: FileState,
): ChangeDetector {
  let last = examined.id;
  let pending: { id: string; since: number } | null = null;
  return {
    check() {
      const at = now();
      const file = stat(path);
      if (file.id === last) {
        pending = null;
        return null;
      }
      // Also if the clock was set back: a pending change must not wait for the old time.
      if (pending === null || pending.id !== file.id || pending.since > at)
        pending = { id: file.id, since: at };
      const age = file.changedAt === null ? 0 : at - file.changedAt;
      if (Math.max(at - pending.since, age) < SETTLE_TIME) return null;
      const found = read(path);
      const after = stat(path);
      // Changed while it was read: the text may be a part of the old file and a part of the new one.
      const isWhole = found.state.id === file.id && after.id === file.id;
      pending = isWhole ? null : { id: after.id, since: at };
      if (!isWhole) return null;
      last = file.id;
      return found;
    },
    get isPending() {
      return pending !== null;
    },
  };
}

/**
 * Keeps rules up to date with their file. A change is accepted when the file has been the same for two seconds, either by
 * its own times or between two checks; an invalid, empty or missing file changes nothing but is reported once.
 */
export function createRules(options: RulesOptions): Rules {
  const { path, target, copy, initial, now, report, later = runLater } = options;
  const detector = createChangeDetector(options, initial.file);
  let { rules, text, problems } = initial;
  let checkedAt = Number.NEGATIVE_INFINITY;

  function check(): void {
    checkedAt = now();
    const found = detector.check();
    if (found === null) return;
    const parsed = parseFile(found, target);
    if (!parsed.ok) reject(parsed.problems.map((problem) => describeProblem(path, problem)));
    else if (found.ok) accept(found.text, parsed);
  }

  function accept(found: string, parsed: Extract<ParsedRules, { ok: true }>): void {
    if (problems.length > 0) {
      problems = [];
      report({ kind: 'valid' });
    }
    if (found === text) return;
    ({ rules } = parsed);
    text = found;
    const problem = copy.write(text);
    const warnings = parsed.warnings.map((warning) => describeProblem(path, warning));
    report({ kind: 'changed', rules, warnings });
    if (problem !== null) report({ kind: 'copy-failed', problem });
  }

  function reject(found: string[]): void {
    const isKnown = found.join('\n') === problems.join('\n');
    problems = found;
    if (!isKnown) report({ kind: 'invalid', problems: found });
  }

  let isWaiting = false;
  function checkLater(): void {
    if (!detector.isPending || isWaiting) return;
    isWaiting = true;
    later(() => {
      isWaiting = false;
      check();
      checkLater();
    }, SETTLE_TIME + TIMER_TOLERANCE);
  }

  return {
    current() {
      const elapsed = now() - checkedAt;
      if (elapsed >= CHECK_INTERVAL || elapsed < 0) check();
      return rules;
    },
    recheck() {
      check();
      checkLater();
    },
    get problems() {
      return problems;
    },
  };
}
