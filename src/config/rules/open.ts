import type { Target } from './compile.ts';
import { createRulesCopy, readRulesFile } from './file.ts';
import type { RulesCopy } from './file.ts';
import { parseFile, parseRules } from './parse.ts';
import type { ParsedRules } from './parse.ts';
import { describeProblem } from './problem.ts';
import { createRules } from './reload.ts';
import type { Rules, RulesReport } from './reload.ts';

export interface OpenRulesOptions {
  /** `RULES_FILE`. */
  path: string;
  target: Target;
  /** `STATE_DIR`, where the last valid rules are copied to; `null`: nowhere. */
  stateDir: string | null;
  /** Default: the clock of the system. */
  now?: () => number;
  /** Called for each later change, and at once if the copy is used because the file is invalid. */
  report: (report: RulesReport) => void;
  /** Replaced in tests. */
  copy?: RulesCopy;
}

/** The rules, or a message with every problem, one line each. */
export type OpenedRules = { ok: true; rules: Rules; warnings: string[] } | { ok: false; message: string };

/**
 * Reads the rules at the start. If the file is invalid, the last valid copy is used: a typo must not prevent the start of
 * a pod in which qBittorrent waits for the sidecar.
 */
export function openRules(options: OpenRulesOptions): OpenedRules {
  const { path, target, stateDir, now = Date.now, report, copy = createRulesCopy(stateDir) } = options;
  const file = readRulesFile(path);
  const parsed = parseFile(file, target);
  const create = (text: string, rules: Extract<ParsedRules, { ok: true }>['rules'], problems: string[]) =>
    createRules({ path, target, copy, now, report, initial: { rules, text, file: file.state, problems } });
  if (file.ok && parsed.ok) {
    const problem = copy.write(file.text);
    if (problem !== null) report({ kind: 'copy-failed', problem });
    const warnings = parsed.warnings.map((warning) => describeProblem(path, warning));
    return { ok: true, rules: create(file.text, parsed.rules, []), warnings };
  }
  const problems = (parsed.ok ? [] : parsed.problems).map((problem) => describeProblem(path, problem));
  const text = copy.read();
  const last = text === null ? null : parseRules(text, target);
  if (text === null || last === null || !last.ok) return { ok: false, message: describeProblems(problems) };
  report({ kind: 'invalid', problems });
  return { ok: true, rules: create(text, last.rules, problems), warnings: [] };
}

/** All problems of the file in `RULES_FILE`. */
export function describeProblems(problems: readonly string[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [`RULES_FILE has ${count}:`, ...problems.map((line) => `  ${line}`)].join('\n');
}
