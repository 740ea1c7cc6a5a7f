import type { ProgressMode } from '../../../machines/policy.ts';
import { parseConfig } from '../../config/index.ts';
import { describeProblem, parseFile, readRulesFile, targetOf } from '../../config/rules/index.ts';
import type { RulesProblem, RuleSet, Target } from '../../config/rules/index.ts';
import { formatOptionsOf } from '../../format/options.ts';
import type { MessageOptions } from '../../ntfy/message.ts';
import { EXIT } from '../exit.ts';
import type { Terminal } from '../terminal.ts';

/** The rules that a command is about. */
export interface RulesSource {
  path: string;
  rules: RuleSet;
  warnings: string[];
  /** How messages are written, and how progress is shown; without the other settings as by default. */
  format: MessageOptions;
  progress: ProgressMode;
}

/** For a check without the other settings, on a machine without the sidecar: no topic is the default one. */
const NOWHERE: Target = { server: '', topic: '' };

/** Reads the file that was given, or else that in `RULES_FILE`. Prints its problems; a number is an exit status. */
export function readSource(given: string | undefined, { env, err }: Terminal): RulesSource | number {
  const path = given ?? env['RULES_FILE']?.trim() ?? '';
  if (path === '') {
    err('No rules file: name one, or set RULES_FILE.');
    return EXIT.usage;
  }
  const config = parseConfig(env);
  const parsed = parseFile(readRulesFile(path), config.ok ? targetOf(config.config) : NOWHERE);
  const describe = (problem: RulesProblem) => describeProblem(path, problem);
  const format = config.ok ? { alerts: config.config.alerts, ...formatOptionsOf(config.config) } : {};
  const progress = config.ok ? config.config.progress : 'auto';
  if (parsed.ok)
    return { path, rules: parsed.rules, warnings: parsed.warnings.map(describe), format, progress };
  for (const problem of parsed.problems) err(describe(problem));
  return EXIT.failed;
}
