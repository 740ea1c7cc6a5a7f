/** The cards about the rules: an invalid file, and topics that ntfy refuses. */
import { DEFAULT_ROUTE } from '../routing/types.ts';
import type { RouteId } from '../routing/types.ts';
import type { Failure, Notification, RequestedNotification } from '../domain.ts';
import { NO_STORE_CARD, settleCard } from './store-notice.ts';
import type { SettledNotification, StoreCard } from './store-notice.ts';

/** What is reported about the rules file. */
export type RulesReport =
  /** Other rules are in force, which use these topics. */
  | { type: 'rules.loaded'; routes: readonly RouteId[] }
  /** The file was changed and is invalid: the previous rules stay in force. The problem contains no topic. */
  | { type: 'rules.rejected'; problem: string };

/** The sources of these cards. */
export type NoticeSource = 'rules' | 'topic';

/** The cards, and the topics that ntfy refuses, with the name of a rule that uses each. */
export interface Notices {
  rules: StoreCard;
  topic: StoreCard;
  refused: ReadonlyMap<RouteId, string | null>;
  /** The topics of the rules in force; `null`: not known yet. */
  used: ReadonlySet<RouteId> | null;
}

/** What of it survives a restart. */
export interface StoredNotices {
  /** Which cards may be on the phone. */
  rules: boolean;
  topic: boolean;
  refused: readonly RouteId[];
}

/** The notices after a restart. */
export const restoreNotices = (stored?: StoredNotices): Notices => ({
  rules: { ...NO_STORE_CARD, shown: stored?.rules ?? false },
  topic: { ...NO_STORE_CARD, shown: stored?.topic ?? false },
  refused: new Map(stored?.refused.map((route) => [route, null])),
  used: null,
});

/** What is to be stored: a card that is being sent may be on the phone. */
export const storedNotices = ({ rules, topic, refused }: Notices): StoredNotices => ({
  rules: mayBeShown(rules),
  topic: mayBeShown(topic),
  refused: [...refused.keys()],
});

const mayBeShown = ({ pending, shown }: StoreCard): boolean => shown || pending?.kind === 'incident';

/** The notices while one of their cards is being sent. */
export function withPending(before: Notices, card: RequestedNotification): Notices {
  const { key } = card;
  if (key !== 'rules' && key !== 'topic') return before;
  return { ...before, [key]: { ...before[key], pending: card } };
}

/** The notices after a notification was settled; the same object if it is none of theirs. */
export function settleNotices(before: Notices, settled: SettledNotification): Notices {
  const { key } = settled.notification;
  if (key !== 'rules' && key !== 'topic') return before;
  return { ...before, [key]: settleCard(before[key], settled) };
}

/** The content of a card; `null` if it needs none. */
export function noticeOfRules({ rules }: Notices, report: RulesReport): Notification | null {
  if (report.type === 'rules.rejected') return incident('rules', 'protocol', report.problem);
  return mayBeShown(rules) ? { kind: 'incident-resolved', key: 'rules', shown: rules.shown } : null;
}

/** The card about refused topics; `null` if it needs none. The default topic could not show it. */
export function noticeOfTopics({ topic, refused }: Notices): Notification | null {
  const others = [...refused].filter(([route]) => route !== DEFAULT_ROUTE);
  if (others.length > 0) return incident('topic', 'unauthorized', describeRefused(others));
  return mayBeShown(topic) ? { kind: 'incident-resolved', key: 'topic', shown: topic.shown } : null;
}

const incident = (key: NoticeSource, kind: Failure['kind'], message: string): Notification => ({
  kind: 'incident',
  key,
  failure: { kind, message },
});

/** Rules named in the text; topics are secret. */
const MAX_NAMED = 3;

function describeRefused(refused: ReadonlyArray<readonly [RouteId, string | null]>): string {
  const names = [...new Set(refused.flatMap(([, rule]) => (rule === null ? [] : [rule])))];
  const named = names.slice(0, MAX_NAMED).map((name) => `"${name}"`);
  const of = named.length === 0 ? '' : ` of the ${named.length === 1 ? 'rule' : 'rules'} ${named.join(', ')}`;
  const topics = refused.length === 1 ? 'the topic' : `${refused.length} topics`;
  return `ntfy refuses ${topics}${of}: its access control does not allow this sender to publish there`;
}
