import type { FixedMessage, Notification } from '../domain.ts';
import { DEFAULT_ROUTING, NO_TOPIC_POLICY } from './types.ts';
import type { RouteId, RuleFields, Routing, TopicPolicy } from './types.ts';

/** The rules in force, as the torrents use them. None of the functions throws. */
export interface Rules {
  /** Changes whenever other rules are in force; 0: there are none. */
  version: () => number;
  /** The same, after the file was checked for a change: before a notification is composed. */
  check: () => number;
  route: (fields: RuleFields) => Routing;
  /** The settings of a topic; none for one that the rules do not know any more. */
  topic: (route: RouteId) => TopicPolicy;
  /** Whether completions and alerts of a rule (`null`: of no rule) may be grouped; not those of one with `digest: false`. */
  isGrouped: (rule: string | null) => boolean;
  /** Renders a completion when it is stored; `null`: it is rendered each time it is sent. */
  fix: (completion: Extract<Notification, { kind: 'completion' }>, routing: Routing) => FixedMessage | null;
}

/** Without `RULES_FILE`. */
export const NO_RULES: Rules = {
  version: () => 0,
  check: () => 0,
  route: () => DEFAULT_ROUTING,
  topic: () => NO_TOPIC_POLICY,
  isGrouped: () => true,
  fix: () => null,
};
