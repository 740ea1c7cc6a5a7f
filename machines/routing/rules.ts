import type { FixedMessage, Notification } from '../domain.ts';
import { DEFAULT_ROUTING } from './types.ts';
import type { RuleFields, Routing } from './types.ts';

/** The rules in force, as the torrents use them. None of the functions throws. */
export interface Rules {
  /** Changes whenever other rules are in force; 0: there are none. */
  version: () => number;
  /** The same, after the file was checked for a change: before a notification is composed. */
  check: () => number;
  route: (fields: RuleFields) => Routing;
  /** Renders a completion when it is stored; `null`: it is rendered each time it is sent. */
  fix: (completion: Extract<Notification, { kind: 'completion' }>, routing: Routing) => FixedMessage | null;
}

/** Without `RULES_FILE`. */
export const NO_RULES: Rules = {
  version: () => 0,
  check: () => 0,
  route: () => DEFAULT_ROUTING,
  fix: () => null,
};
