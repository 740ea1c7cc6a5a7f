/** Compiles the validated content of a rules file to what the machines and the ntfy client use. */
import { createHash } from 'node:crypto';
import { createCategoryGlob, createGlob } from '../../../machines/routing/glob.ts';
import { DEFAULT_ROUTE } from '../../../machines/routing/types.ts';
import type {
  Conditions,
  RouteId,
  Rule,
  SendKind,
  TextMatcher,
  TopicPolicy,
} from '../../../machines/routing/types.ts';
import type { Config } from '../config.ts';
import { SEND_KINDS } from './schema.ts';
import type { RulesFile, StyleSettings } from './schema.ts';
import { readComparison } from './size.ts';

/** Where `NTFY_TOPIC` is. */
export interface Target {
  readonly server: string;
  /** Empty while it is not known. */
  readonly topic: string;
  /** The topic of `COMMAND_TOPIC`, which no card may be on; missing: there is none. */
  readonly commandTopic?: string;
}

/** What the settings determine of the rules. */
export const targetOf = ({
  ntfy: { server, topic },
  commands,
}: Pick<Config, 'ntfy' | 'commands'>): Target => ({
  server,
  topic,
  ...(commands === null ? {} : { commandTopic: commands.topic }),
});

/** How a kind of notifications looks. Templates are not rendered. What is missing is as without a rule. */
export interface Style {
  readonly tags?: readonly string[];
  readonly title?: string;
  readonly message?: string;
  readonly click?: string;
  readonly icon?: string;
}

/** The styles of each rule, by its name. */
export type RuleStyles = ReadonlyMap<string, Readonly<Partial<Record<SendKind, Style>>>>;

/** Quiet hours: times of day like `22:30`, and what may make a sound in them. */
export type QuietSettings = Readonly<NonNullable<RulesFile['quiet']>>;

/** All valid rules. Immutable: a changed file gives another object. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly styles: RuleStyles;
  /** The topic of each route. Topics are secrets: they must be in no message, log or page. */
  readonly topics: ReadonlyMap<RouteId, string>;
  readonly topicSettings: ReadonlyMap<RouteId, TopicPolicy>;
  /** The rules whose completions and alerts are never grouped. */
  readonly withoutDigest: ReadonlySet<string>;
  readonly quiet: QuietSettings | null;
  /** The categories and tags in the conditions, for the doctor. */
  readonly named: { readonly categories: readonly string[]; readonly tags: readonly string[] };
}

/** Compiles a valid file. */
export function compileRules({ rules, topics, quiet }: RulesFile, target: Target): RuleSet {
  const routes = new Map<RouteId, string>([[DEFAULT_ROUTE, target.topic]]);
  const routeTo = (topic: string): RouteId => {
    const route = routeOf(topic, target);
    routes.set(route, topic);
    return route;
  };
  return {
    rules: rules.map((rule) =>
      compileRule(rule, rule.topic === undefined ? DEFAULT_ROUTE : routeTo(rule.topic)),
    ),
    styles: new Map(rules.map((rule) => [rule.name, stylesOf(rule)])),
    topicSettings: new Map(
      Object.entries(topics).map(([topic, settings]) => [routeTo(topic), topicPolicyOf(settings)]),
    ),
    topics: routes,
    withoutDigest: new Set(rules.filter(({ digest }) => digest === false).map(({ name }) => name)),
    quiet: quiet ?? null,
    named: {
      categories: namesIn(rules, ({ match }) => match.category),
      tags: namesIn(rules, ({ match }) => match.tag),
    },
  };
}

/** The same topic always has the same route, also after a restart, and the route does not reveal it. */
export function routeOf(topic: string, { server, topic: own }: Target): RouteId {
  if (topic === own) return DEFAULT_ROUTE;
  return createHash('sha256').update(`${server}/${topic}`).digest('hex').slice(0, 16);
}

type RuleSettings = RulesFile['rules'][number];
type OneOrMany = string | readonly string[] | undefined;

const listOf = (value: OneOrMany): readonly string[] => (typeof value === 'string' ? [value] : (value ?? []));

function namesIn(rules: readonly RuleSettings[], select: (rule: RuleSettings) => OneOrMany): string[] {
  return [...new Set(rules.flatMap((rule) => listOf(select(rule))))].filter((name) => name !== '');
}

function compileRule({ name, match, send, ...rest }: RuleSettings, route: RouteId): Rule {
  const priority: Rule['priority'] = {};
  for (const kind of SEND_KINDS) {
    const own = rest[kind]?.priority;
    if (own !== undefined) priority[kind] = own;
  }
  return {
    name,
    conditions: conditionsOf(match),
    send: new Set(send),
    route,
    priority,
    ...buttonsOf(rest),
  };
}

function buttonsOf({ progress, alerts }: Pick<RuleSettings, 'progress' | 'alerts'>): Pick<Rule, 'buttons'> {
  const buttons = {
    ...(progress?.buttons === undefined ? {} : { progress: progress.buttons }),
    ...(alerts?.buttons === undefined ? {} : { alerts: alerts.buttons }),
  };
  return Object.keys(buttons).length === 0 ? {} : { buttons };
}

function conditionsOf(match: RuleSettings['match']): Conditions {
  const size = match.size === undefined ? null : readComparison(match.size);
  return {
    ...globsOf('category', match.category, createCategoryGlob),
    ...globsOf('tag', match.tag),
    ...globsOf('name', match.name),
    ...globsOf('tracker', match.tracker),
    ...globsOf('path', match.path),
    ...(size === null ? {} : { size }),
    ...(match.private === undefined ? {} : { private: match.private }),
  };
}

function globsOf(
  name: string,
  value: OneOrMany,
  create: (pattern: string) => TextMatcher = createPlainGlob,
): Conditions {
  return value === undefined ? {} : { [name]: listOf(value).map((pattern) => create(pattern)) };
}

function topicPolicyOf({ progress, ...from }: RulesFile['topics'][string]): TopicPolicy {
  const { digest_from: digestFrom, summary_from: summaryFrom } = from;
  return {
    ...(digestFrom === undefined ? {} : { digestFrom: thresholdOf(digestFrom) }),
    ...(summaryFrom === undefined ? {} : { summaryFrom: thresholdOf(summaryFrom) }),
    ...(progress === undefined ? {} : { progress }),
  };
}

const thresholdOf = (value: number | 'never'): number | null => (value === 'never' ? null : value);

const createPlainGlob = (pattern: string): TextMatcher => createGlob(pattern);

function stylesOf(rule: RuleSettings): Partial<Record<SendKind, Style>> {
  const styles: Partial<Record<SendKind, Style>> = {};
  for (const kind of SEND_KINDS) {
    const settings = rule[kind];
    if (settings !== undefined) styles[kind] = styleOf(settings);
  }
  return styles;
}

function styleOf({ tags, title, message, click, icon }: StyleSettings): Style {
  return {
    ...(tags === undefined ? {} : { tags: listOf(tags) }),
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
    ...(click === undefined ? {} : { click }),
    ...(icon === undefined ? {} : { icon }),
  };
}
