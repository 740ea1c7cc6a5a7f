/** Turns the issues of zod into problems with positions. */
import type * as z from 'zod';
import { findNearest } from '../nearest.ts';
import { problemOnDemand } from './problem.ts';
import type { RulesProblem } from './problem.ts';
import type { Yaml } from './read-yaml.ts';
import { fileShape, kindShapes, matchShape, quietShape, ruleShape, topicShape } from './schema.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** All problems that zod found, one for each unknown key. */
export function problemsOfIssues(issues: readonly Issue[], yaml: Yaml): RulesProblem[] {
  return issues
    .flatMap(flatten)
    .filter(createIsFirst())
    .flatMap((issue): RulesProblem[] => {
      const { path } = issue;
      const where = describePath(path, yaml.data);
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) =>
          problemOnDemand(yaml.locate(path, key), () => describeUnknown(key, path, where)),
        );
      // The name of a topic is a key: the issue about it is at the map.
      const key = issue.code === 'invalid_key' ? String(path.at(-1)) : undefined;
      const at = key === undefined ? yaml.locate(path) : yaml.locate(path.slice(0, -1), key);
      const message =
        issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      return [{ ...at, message: where === '' ? message : `${where} ${message}` }];
    });
}

/** Of each value only the first: what has the wrong type is usually also too long. */
function createIsFirst(): (issue: Issue) => boolean {
  const seen = new Set<string>();
  return ({ code, path }) => {
    const id = `${code === 'unrecognized_keys'} ${path.map(String).join('\n')}`;
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst;
  };
}

/** Of a value that may be one thing or a list: the issues of the form that was meant. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isMeant = (issues: readonly Issue[]) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  const meant = issue.errors.find(isMeant) ?? issue.errors[0] ?? [];
  return meant
    .flatMap(flatten)
    .map((inner): Issue => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
}

/** `rule "films": completion.title`. Names no topic. */
function describePath(path: Path, data: unknown): string {
  const [section, part, ...rest] = path;
  if (section === 'rules' && typeof part === 'number')
    return [describeRule(part, data), join(rest)].filter((text) => text !== '').join(': ');
  if (section === 'topics' && part !== undefined)
    return rest.length === 0 ? 'a topic' : `a topic: ${join(rest)}`;
  return join(path);
}

/** List positions are counted from 1. */
const join = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `entry ${step + 1}` : String(step)))
    .join('.')
    .replaceAll('.entry', ', entry');

/** By its name, or by its number, counted from 1. */
function describeRule(index: number, data: unknown): string {
  const rules = (data as { rules?: ReadonlyArray<{ name?: unknown } | null> } | null)?.rules;
  const name = rules?.[index]?.name;
  const isShort = typeof name === 'string' && name !== '' && name.length <= 64;
  return isShort ? `rule "${name}"` : `rule ${index + 1}`;
}

function describeUnknown(key: string, path: Path, where: string): string {
  const known = knownKeys(path);
  const nearest = findNearest(key.toLowerCase(), known);
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  const hint = nearest === undefined ? `the keys are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return `${where === '' ? 'the file' : where} has an unknown key "${shown}"; ${hint}`;
}

/** The keys of the map at a path. */
function knownKeys([section, , part]: Path): string[] {
  if (section === undefined) return Object.keys(fileShape);
  if (section === 'quiet') return Object.keys(quietShape);
  if (section === 'topics') return Object.keys(topicShape);
  if (part === undefined) return Object.keys(ruleShape);
  const shapes: Record<PropertyKey, object> = { match: matchShape, ...kindShapes };
  return Object.keys(shapes[part] ?? {});
}
