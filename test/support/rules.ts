/** Rules that a test changes while the machines run. */
import type { Observation } from '../../machines/domain.ts';
import type { Rules } from '../../machines/routing/rules.ts';
import { DEFAULT_ROUTING, NO_TOPIC_POLICY } from '../../machines/routing/types.ts';
import type { RouteId, RuleFields, Routing, SendKind, TopicPolicy } from '../../machines/routing/types.ts';

/** What a rule says; what is missing is as without rules. */
export interface Said extends Partial<Omit<Routing, 'send'>> {
  send?: readonly SendKind[];
}

/** What the rules say about each torrent; `null`: no rule matches. */
export type Decision = (fields: RuleFields) => Said | null;

/** The routing for what a rule says. */
export const routing = ({ send, ...said }: Said = {}): Routing => ({
  ...DEFAULT_ROUTING,
  ...said,
  ...(send === undefined ? {} : { send: new Set(send) }),
});

/** A torrent in this category, as a poll shows it. */
export const inCategory = (category: string): Partial<Observation> => ({ category });

/** What the rules say beside the routing of torrents. */
export interface TestSettings {
  /** The settings of topics, by their routes. */
  topics?: Readonly<Record<RouteId, TopicPolicy>>;
  /** The rules with `digest: false`. */
  withoutDigest?: readonly string[];
}

/** Rules by category; each change is noticed at the next check. */
export function createTestRules(decision: Decision = () => null, settings: TestSettings = {}) {
  let inForce = decision;
  let { topics = {}, withoutDigest = [] } = settings;
  let version = 1;
  let checks = 0;
  let matches = 0;
  const rules: Rules = {
    version: () => version,
    check: () => {
      checks += 1;
      return version;
    },
    route: (fields) => {
      matches += 1;
      return routing(inForce(fields) ?? {});
    },
    topic: (route) => topics[route] ?? NO_TOPIC_POLICY,
    isGrouped: (rule) => rule === null || !withoutDigest.includes(rule),
    fix: ({ torrent }, { rule, priority }) => ({
      title: rule ?? 'no rule',
      message: `${torrent.name}`,
      tags: [],
      priority: priority.completion ?? 4,
    }),
  };
  return {
    rules,
    /** How often the file was checked, and how often the rules were matched. */
    counts: () => ({ checks, matches }),
    /** Settings that are not given stay. */
    change(this: void, decision: Decision, settings: TestSettings = {}) {
      inForce = decision;
      ({ topics = topics, withoutDigest = withoutDigest } = settings);
      version += 1;
    },
  };
}
