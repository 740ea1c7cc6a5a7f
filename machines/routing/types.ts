import type { Hash } from '../domain.ts';
import type { ProgressMode } from '../policy.ts';
import type { ButtonName } from '../remote/actions.ts';

/**
 * Which notifications a torrent causes, and where they go. Rules are compiled from `RULES_FILE` in `src/config/rules`;
 * the machines decide by them. Topics and texts are not part of it: a route is an opaque ID that only the ntfy client
 * resolves, and texts are rendered in `src/ntfy`.
 */

/** What `send` in a rule can contain. */
export type SendKind = 'added' | 'progress' | 'completion' | 'alerts' | 'removed';

/** What is sent without a rule. */
export const DEFAULT_SEND: ReadonlySet<SendKind> = new Set(['progress', 'completion', 'alerts']);

/** Identifies a topic without naming it. */
export type RouteId = string;

/** The topic of `NTFY_TOPIC`. */
export const DEFAULT_ROUTE: RouteId = 'default';

/** The settings of one topic. What is missing is as for all topics (`Policy`). */
export interface TopicPolicy {
  /** `null`: never. */
  readonly digestFrom?: number | null;
  /** `null`: never. */
  readonly summaryFrom?: number | null;
  readonly progress?: ProgressMode;
}

/** A topic without settings of its own. */
export const NO_TOPIC_POLICY: TopicPolicy = Object.freeze({});

/** A glob, compiled: matches in linear time, case-insensitively. */
export type TextMatcher = (text: string) => boolean;

/** All conditions of a rule that are present must hold. An unknown value matches nothing. */
export interface Conditions {
  /** A subcategory belongs to its parent: `films` matches `films/4k`. */
  category?: readonly TextMatcher[];
  /** One of the tags matches. */
  tag?: readonly TextMatcher[];
  name?: readonly TextMatcher[];
  /** The host of the tracker. */
  tracker?: readonly TextMatcher[];
  /** The save path. */
  path?: readonly TextMatcher[];
  /** Bytes. */
  size?: (bytes: number) => boolean;
  private?: boolean;
}

/** One rule, as the machines use it. */
export interface Rule {
  name: string;
  conditions: Conditions;
  send: ReadonlySet<SendKind>;
  route: RouteId;
  /** ntfy's priorities 1 to 5. Default: that of the kind. */
  priority: Partial<Record<SendKind, number>>;
  /** The buttons of each kind; missing: the default. */
  buttons?: Partial<Record<SendKind, readonly ButtonName[]>>;
}

/** The fields of a torrent that rules match. `null`: unknown. */
export interface RuleFields {
  hash: Hash;
  name: string | null;
  /** Empty without a category. */
  category: string | null;
  tags: readonly string[];
  /** The host of the current tracker; `null` without one. */
  tracker: string | null;
  path: string | null;
  /** Bytes of the selected files; `null` without metadata. */
  size: number | null;
  /** `null` before the metadata, and with qBittorrent 4.x. */
  private: boolean | null;
}

/** What the rules say about a torrent. */
export interface Routing {
  /** The name of the rule; `null` if none matches. */
  rule: string | null;
  route: RouteId;
  send: ReadonlySet<SendKind>;
  priority: Partial<Record<SendKind, number>>;
  /** The buttons of each kind; missing: the default. */
  buttons?: Partial<Record<SendKind, readonly ButtonName[]>>;
  /**
   * `false` while an earlier rule could still match once an unknown value is known: only alerts are sent until then, so
   * that no card appears on the wrong topic.
   */
  isDecided: boolean;
  /** The names of the rule's conditions, all of which hold. Missing until the torrent was matched. */
  matched?: readonly string[];
}

/** The routing without rules, and of a torrent that no rule matches. */
export const DEFAULT_ROUTING: Routing = {
  rule: null,
  route: DEFAULT_ROUTE,
  send: DEFAULT_SEND,
  priority: {},
  isDecided: true,
};
