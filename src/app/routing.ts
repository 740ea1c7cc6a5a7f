import type { FixedMessage } from '../../machines/domain.ts';
import type { RulesReport } from '../../machines/incident/notices.ts';
import type { Rules } from '../../machines/routing/rules.ts';
import { DEFAULT_ROUTE, NO_TOPIC_POLICY } from '../../machines/routing/types.ts';
import type {
  RouteId,
  Routing,
  Rule,
  RuleFields,
  SendKind,
  TopicPolicy,
} from '../../machines/routing/types.ts';
import type { NotificationStyle } from '../ntfy/style.ts';
import type { StyleOf } from '../ntfy/style-of.ts';

/** Valid rules, as they are compiled from the file. Another object when they changed. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** The topic of each route. Topics are secrets. */
  readonly topics: ReadonlyMap<RouteId, string>;
  readonly styles: ReadonlyMap<string, Readonly<Partial<Record<SendKind, NotificationStyle>>>>;
  /** The settings of topics; most have none. */
  readonly topicSettings: ReadonlyMap<RouteId, TopicPolicy>;
  /** The rules whose completions and alerts are never grouped. */
  readonly withoutDigest: ReadonlySet<string>;
}

export interface RoutingOptions {
  /** The rules in force; checks the file for a change. */
  current: () => CompiledRules;
  decide: (rules: readonly Rule[], fields: RuleFields) => Routing;
  /** Renders a completion with the style of its rule. */
  fix: (completion: Parameters<Rules['fix']>[0], style: NotificationStyle | undefined) => FixedMessage | null;
  /** Called with an exception of our own code while a completion was rendered: it is rendered when it is sent. */
  onBug: (error: unknown) => void;
}

/** The rules of a running sidecar: for the machines, and for the ntfy client. */
export interface RuntimeRouting {
  readonly rules: Rules;
  /** The topic of a route of the current rules. */
  topicOf(route: RouteId): string | undefined;
  styleOf: StyleOf;
  /** The names of the current rules. */
  names(): string[];
  /** Sends the state of the rules to the supervisor, now and after each change. */
  connect(send: (report: RulesReport) => void): void;
  /** The file was changed and is valid, or is valid again. */
  changed(): void;
  /** The file is invalid: the previous rules stay in force. The problem contains no topic. */
  rejected(problem: string): void;
}

const IGNORE = (_: RulesReport): void => {};

/** Connects the rules file with the machines and the ntfy client. */
export function createRouting({ current, decide, fix, onBug }: RoutingOptions): RuntimeRouting {
  let inForce = current();
  let version = 1;
  let problem: string | null = null;
  let send = IGNORE;

  function check(): number {
    const found = current();
    if (found !== inForce) version += 1;
    inForce = found;
    return version;
  }

  const styleOf: StyleOf = (rule, kind) => inForce.styles.get(rule)?.[kind];

  function report(): void {
    const routes = [...inForce.topics.keys()].filter((route) => route !== DEFAULT_ROUTE);
    send(problem === null ? { type: 'rules.loaded', routes } : { type: 'rules.rejected', problem });
  }

  return {
    rules: {
      version: () => version,
      check,
      route: (fields) => decide(inForce.rules, fields),
      topic: (route) => inForce.topicSettings.get(route) ?? NO_TOPIC_POLICY,
      isGrouped: (rule) => rule === null || !inForce.withoutDigest.has(rule),
      fix(completion, { rule }) {
        try {
          return fix(completion, rule === null ? undefined : styleOf(rule, 'completion'));
        } catch (error) {
          onBug(error);
          return null;
        }
      },
    },
    topicOf: (route) => inForce.topics.get(route),
    styleOf,
    names: () => inForce.rules.map(({ name }) => name),
    connect(to) {
      send = to;
      report();
    },
    changed() {
      problem = null;
      check();
      report();
    },
    rejected(found) {
      problem = found;
      report();
    },
  };
}
