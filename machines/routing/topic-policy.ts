/** What holds on a topic: its own settings in the rules file, else those of all topics. */
import type { Observation } from '../domain.ts';
import type { Policy, ProgressMode } from '../policy.ts';
import { ruleFieldsOf } from './fields.ts';
import type { Rules } from './rules.ts';
import type { RouteId, Routing } from './types.ts';

/** The part of the rules that knows the settings of topics. */
export type TopicRules = Pick<Rules, 'topic'>;

/** How progress is shown on a topic. */
export const progressModeOf = (
  { progress }: Pick<Policy, 'progress'>,
  rules: TopicRules,
  route: RouteId,
): ProgressMode => rules.topic(route).progress ?? progress;

/** From how many on completions and alerts on a topic are grouped in a digest; `null`: never. */
export function digestFromOf(
  { digestFrom: all }: Pick<Policy, 'digestFrom'>,
  rules: TopicRules,
  route: RouteId,
): number | null {
  const { digestFrom = all } = rules.topic(route);
  return digestFrom;
}

/** While more than this many torrents of a topic download, a summary replaces their cards; `null`: never. */
export function summaryFromOf(
  { summaryFrom: all }: Pick<Policy, 'summaryFrom'>,
  rules: TopicRules,
  route: RouteId,
): number | null {
  const { summaryFrom = all } = rules.topic(route);
  return summaryFrom;
}

/** What the rules and the settings of its topic say about a torrent. */
export const routingOf = (
  policy: Pick<Policy, 'progress'>,
  rules: Pick<Rules, 'route' | 'topic'>,
  observation: Observation,
): Routing => inMode(rules.route(ruleFieldsOf(observation)), policy, rules);

/** A routing after the settings of its topic. */
export const inMode = (routing: Routing, policy: Pick<Policy, 'progress'>, rules: TopicRules): Routing =>
  progressModeOf(policy, rules, routing.route) === 'none' ? withoutProgress(routing) : routing;

/** Shared by all torrents of a rule, as the routings themselves. */
const reduced = new WeakMap<Routing, Routing>();

/** Progress that is off is as progress that a rule does not send: no card appears, and the one that is there goes. */
export function withoutProgress(routing: Routing): Routing {
  if (!routing.send.has('progress')) return routing;
  const known = reduced.get(routing);
  if (known !== undefined) return known;
  const send = new Set(routing.send);
  send.delete('progress');
  const created = { ...routing, send };
  reduced.set(routing, created);
  return created;
}
