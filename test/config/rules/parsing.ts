import assert from 'node:assert/strict';
import { describeProblem, parseRules } from '../../../src/config/rules/index.ts';
import type { RuleSet } from '../../../src/config/rules/index.ts';
import type { RuleFields } from '../../../machines/routing/types.ts';

export const TARGET = { server: 'https://ntfy.example.org', topic: 'planted-default' };

/** A torrent that no condition matches by accident. */
export const torrent: RuleFields = {
  hash: 'a'.repeat(40),
  name: 'debian-13.iso',
  category: '',
  tags: [],
  tracker: null,
  path: '/downloads',
  size: 4_200_000_000,
  private: false,
};

/** The rules of a valid file. */
export function rulesOf(text: string): RuleSet {
  const parsed = parseRules(text, TARGET);
  assert.ok(parsed.ok, parsed.ok ? '' : problemsOf(text).join('\n'));
  return parsed.rules;
}

/** The problems of an invalid file, as `line:column: message`. No topic is in any of them. */
export function problemsOf(text: string): string[] {
  const parsed = parseRules(text, TARGET);
  assert.ok(!parsed.ok, `accepted: ${text.slice(0, 200)}`);
  const problems = parsed.problems.map((problem) => describeProblem('f', problem).slice(2));
  assert.doesNotMatch(problems.join('\n'), /planted/);
  return problems;
}

/** The only problem. */
export function problemOf(text: string): string {
  const problems = problemsOf(text);
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0] ?? '';
}

/** One rule with this line in it. */
export const withLine = (line: string): string => `rules:\n  - name: own\n    ${line}\n`;
