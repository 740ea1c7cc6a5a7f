import { DEFAULT_ROUTING } from './types.ts';
import type { Conditions, Routing, Rule, RuleFields, TextMatcher } from './types.ts';

/** The name of a condition, as in the rules file. */
export type ConditionName = keyof Conditions;

/** Whether a condition holds. `unknown`: the value is not known, which matches nothing. */
export type Holds = 'yes' | 'no' | 'unknown';

const holds = (isTrue: boolean): Holds => (isTrue ? 'yes' : 'no');

const anyMatches = (matchers: readonly TextMatcher[], text: string): boolean =>
  matchers.some((matches) => matches(text));

function checkText(matchers: readonly TextMatcher[] | undefined, text: string | null): Holds | null {
  if (matchers === undefined) return null;
  return text === null ? 'unknown' : holds(anyMatches(matchers, text));
}

function checkTags(matchers: readonly TextMatcher[] | undefined, tags: readonly string[]): Holds | null {
  return matchers === undefined ? null : holds(tags.some((tag) => anyMatches(matchers, tag)));
}

function checkSize(isWithin: Conditions['size'], size: number | null): Holds | null {
  if (isWithin === undefined) return null;
  return size === null ? 'unknown' : holds(isWithin(size));
}

function checkPrivate(wanted: boolean | undefined, isPrivate: boolean | null): Holds | null {
  if (wanted === undefined) return null;
  return isPrivate === null ? 'unknown' : holds(isPrivate === wanted);
}

/** `null`: the rule has no such condition. */
type Check = (conditions: Conditions, fields: RuleFields) => Holds | null;

const CHECKS: Readonly<Record<ConditionName, Check>> = {
  private: (conditions, fields) => checkPrivate(conditions.private, fields.private),
  size: (conditions, fields) => checkSize(conditions.size, fields.size),
  tag: (conditions, fields) => checkTags(conditions.tag, fields.tags),
  category: (conditions, fields) => checkText(conditions.category, fields.category),
  tracker: (conditions, fields) => checkText(conditions.tracker, fields.tracker),
  path: (conditions, fields) => checkText(conditions.path, fields.path),
  name: (conditions, fields) => checkText(conditions.name, fields.name),
};

/** All conditions, the cheapest first: a decision ends at the first one that does not hold. */
export const CONDITION_NAMES: readonly ConditionName[] = [
  'private',
  'size',
  'tag',
  'category',
  'tracker',
  'path',
  'name',
];

/** Whether a condition of a rule holds; `null` if the rule has no such condition. */
export const checkCondition = (
  name: ConditionName,
  conditions: Conditions,
  fields: RuleFields,
): Holds | null => CHECKS[name](conditions, fields);

/** `yes`: all conditions hold. `unknown`: none is wrong, but some are unknown. */
function checkRule(conditions: Conditions, fields: RuleFields): Holds {
  let result: Holds = 'yes';
  for (const name of CONDITION_NAMES) {
    const held = checkCondition(name, conditions, fields);
    if (held === 'no') return 'no';
    if (held === 'unknown') result = 'unknown';
  }
  return result;
}

/**
 * What the rules say about a torrent: the first rule of which all conditions hold applies.
 *
 * Before the metadata (`size` is `null`) unknown values will be known later, so the routing is not decided while an
 * earlier rule could still match: `rule`, `route` and `send` are then those for the known values. Afterwards an unknown
 * value stays unknown (`private` with qBittorrent 4.x, `tracker` without one) and matches nothing.
 *
 * Equal decisions are the same object.
 */
export function decideRouting(rules: readonly Rule[], fields: RuleFields): Routing {
  let isDecided = true;
  for (const rule of rules) {
    const held = checkRule(rule.conditions, fields);
    if (held === 'yes') return routingOf(rule, isDecided);
    if (held === 'unknown' && fields.size === null) isDecided = false;
  }
  return isDecided ? DEFAULT_ROUTING : UNDECIDED_ROUTING;
}

const UNDECIDED_ROUTING: Routing = { ...DEFAULT_ROUTING, isDecided: false };

interface Routings {
  decided: Routing;
  undecided: Routing;
}

/** Shared by all torrents of a rule: thousands of them need no memory for it. */
const routings = new WeakMap<Rule, Routings>();

function routingOf(rule: Rule, isDecided: boolean): Routing {
  const known = routings.get(rule) ?? createRoutings(rule);
  return isDecided ? known.decided : known.undecided;
}

function createRoutings(rule: Rule): Routings {
  const { name, conditions, route, send, priority, buttons } = rule;
  const matched = CONDITION_NAMES.filter((condition) => conditions[condition] !== undefined);
  const decided: Routing = {
    rule: name,
    route,
    send,
    priority,
    ...(buttons === undefined ? {} : { buttons }),
    isDecided: true,
    matched,
  };
  const created = { decided, undecided: { ...decided, isDecided: false } };
  routings.set(rule, created);
  return created;
}
