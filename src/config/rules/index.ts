/** The rules file: which notifications a torrent causes, where they go, and how they look. */
export { routeOf, targetOf } from './compile.ts';
export type { QuietSettings, RuleSet, RuleStyles, Style, Target } from './compile.ts';
export { readRulesFile } from './file.ts';
export { createQuietHours } from './quiet-hours.ts';
export { describeProblems, openRules } from './open.ts';
export type { OpenedRules } from './open.ts';
export { parseFile, parseRules } from './parse.ts';
export type { ParsedRules } from './parse.ts';
export { describeProblem } from './problem.ts';
export type { RulesProblem } from './problem.ts';
export type { Rules, RulesReport } from './reload.ts';
