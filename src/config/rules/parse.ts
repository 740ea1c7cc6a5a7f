import { compileRules } from './compile.ts';
import type { RuleSet, Target } from './compile.ts';
import type { FileText } from './file.ts';
import { problemsOfIssues } from './issues.ts';
import { LIMITS, TOO_LARGE } from './limits.ts';
import { problemAt, problemOfFile, sortProblems } from './problem.ts';
import type { RulesProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import type { Yaml } from './read-yaml.ts';
import { fileSchema } from './schema.ts';
import type { RulesFile } from './schema.ts';

/** The rules, or every problem of the file. `warnings`: what is valid, but probably a mistake. */
export type ParsedRules =
  | { ok: true; rules: RuleSet; warnings: RulesProblem[] }
  | { ok: false; problems: RulesProblem[] };

/**
 * Parses the text of a rules file. Never throws.
 *
 * @example
 * const parsed = parseRules('rules: []', { server: 'https://ntfy.sh', topic: 'downloads' });
 */
export function parseRules(text: string, target: Target): ParsedRules {
  if (Buffer.byteLength(text) > LIMITS.bytes) return { ok: false, problems: [problemOfFile(TOO_LARGE)] };
  const read = readYaml(text);
  if (!read.ok) return { ok: false, problems: limited(read.problems) };
  const { yaml } = read;
  const parsed = fileSchema.safeParse(yaml.data);
  const problems = [
    ...problemsOfIssues(parsed.error?.issues ?? [], yaml),
    ...findDuplicates(yaml),
    ...(parsed.success ? [...checkGlobs(parsed.data), ...findCommandTopic(parsed.data, target, yaml)] : []),
  ];
  if (!parsed.success || problems.length > 0) return { ok: false, problems: limited(problems) };
  return {
    ok: true,
    rules: compileRules(parsed.data, target),
    warnings: [...findUnreachable(parsed.data, yaml), ...findUnusedTopics(parsed.data, target, yaml)],
  };
}

/** Parses what was read of a file. Never throws. */
export const parseFile = (file: FileText, target: Target): ParsedRules =>
  file.ok ? parseRules(file.text, target) : { ok: false, problems: [problemOfFile(file.message)] };

function limited(found: readonly RulesProblem[]): RulesProblem[] {
  const problems = sortProblems(found);
  const [listed, more] = [problems.slice(0, LIMITS.problems), problems.length - LIMITS.problems];
  const last = listed.at(-1);
  return more <= 0 || last === undefined
    ? listed
    : [...listed, { ...last, message: `and ${more} more problems` }];
}

/** Metrics and records refer to a rule by its name. On the data as it was read, to find all problems at once. */
function findDuplicates({ data, locate }: Yaml): RulesProblem[] {
  const { rules } = (data ?? {}) as { rules?: unknown };
  const known = new Set<unknown>();
  return (Array.isArray(rules) ? rules : []).flatMap((rule: { name?: unknown } | null, index) => {
    const name = rule?.name;
    if (typeof name !== 'string' || name.length > LIMITS.nameLength) return [];
    const isDuplicate = known.has(name);
    known.add(name);
    const at = locate(['rules', index, 'name']);
    return isDuplicate ? [{ ...at, message: `rule "${name}" exists twice: use another name` }] : [];
  });
}

const GLOBS = ['category', 'tag', 'name', 'tracker', 'path'] as const;

function checkGlobs({ rules }: RulesFile): RulesProblem[] {
  const count = rules.flatMap(({ match }) => GLOBS.flatMap((name) => match[name] ?? [])).length;
  return count > LIMITS.allGlobs ? [problemOfFile(`the file has more than ${LIMITS.allGlobs} globs`)] : [];
}

/** What is on the topic of the buttons would be read as presses, and everyone may publish to it. */
function findCommandTopic(
  { rules, topics }: RulesFile,
  { commandTopic }: Target,
  yaml: Yaml,
): RulesProblem[] {
  if (commandTopic === undefined) return [];
  const problem = 'must be another topic than that of COMMAND_TOPIC';
  return [
    ...rules.flatMap(({ name, topic }, index) =>
      topic === commandTopic
        ? [problemAt(yaml.locate(['rules', index, 'topic']), `rule "${name}": topic ${problem}`)]
        : [],
    ),
    ...Object.keys(topics)
      .filter((topic) => topic === commandTopic)
      .map((topic) => problemAt(yaml.locate(['topics'], topic), `a topic ${problem}`)),
  ];
}

/** Rules below one that matches every torrent. */
function findUnreachable({ rules }: RulesFile, yaml: Yaml): RulesProblem[] {
  const last = rules.findIndex(({ match }) => Object.keys(match).length === 0);
  const all = rules[last];
  if (all === undefined) return [];
  return rules.slice(last + 1).map(({ name }, index) => {
    const message = `rule "${name}" never applies: rule "${all.name}" above it matches every torrent`;
    return problemAt(yaml.locate(['rules', last + 1 + index]), message);
  });
}

function findUnusedTopics({ rules, topics }: RulesFile, target: Target, yaml: Yaml): RulesProblem[] {
  const used = new Set([target.topic, ...rules.map(({ topic }) => topic)]);
  const exception = target.topic === '' ? ', unless it is that of NTFY_TOPIC' : '';
  return Object.keys(topics)
    .filter((topic) => !used.has(topic))
    .map((topic) => problemAt(yaml.locate(['topics'], topic), `no rule sends to this topic${exception}`));
}
