/** Cards that could not be deleted because ntfy refuses their topic, and whose torrents have ended. */
import { placeOf } from '../outbox/lanes.ts';
import { routeOf } from '../routing/routed.ts';
import { oldAlertDeletion, oldCardDeletion } from '../torrent/record.ts';
import type { Hash, Notification, Outcome, RequestedNotification, TorrentRecord } from '../domain.ts';
import type { Notices } from '../incident/notices.ts';
import type { RouteId } from '../routing/types.ts';
import type { OutboxEvent } from '../outbox/machine.ts';
import type { SupervisorContext } from './types.ts';

/** A progress card or an alert on a topic. */
export interface LeftCard {
  kind: 'card-delete' | 'alert-clear';
  key: Hash;
  route: RouteId;
}

/** By kind and place. */
export type LeftCards = ReadonlyMap<string, LeftCard>;

/** Further cards stay on their topic. Each change is stored as a whole. */
const MAX_LEFT_CARDS = 500;

const nameOf = (card: LeftCard): string => `${card.kind}:${placeOf(deletionOf(card))}`;

/** The left cards of an earlier process. */
export const restoreLeftCards = (stored: readonly LeftCard[] = []): LeftCards =>
  new Map(stored.map((card) => [nameOf(card), card]));

/** The notification that deletes a left card: it changes nothing of a torrent with the same key. */
export function deletionOf({ kind, key, route }: LeftCard): Deletion {
  const left = { left: true } as const;
  return kind === 'card-delete'
    ? { ...oldCardDeletion(key, route), ...left }
    : { ...oldAlertDeletion(key, route, null), ...left };
}

type Deletion = Extract<Notification, { kind: 'card-delete' | 'alert-clear' }>;

interface Settled {
  notification: RequestedNotification;
  outcome: Outcome;
}

/**
 * The left cards after a notification was settled; the same object if nothing changes. A deletion that is refused
 * although the topic is used by a rule is kept until ntfy accepts it.
 */
export function settleLeftCards(
  before: LeftCards,
  { notification, outcome }: Settled,
  { refused, used }: Notices,
): LeftCards {
  if (before.size === 0 && outcome !== 'refused') return before;
  const cards = cardsOf(notification);
  if (cards.length === 0 || outcome === 'superseded') return before;
  const route = routeOf(notification);
  const isKept = outcome === 'refused' && refused.has(route) && (used === null || used.has(route));
  const after = new Map(before);
  for (const card of cards) {
    if (!isKept) after.delete(nameOf(card));
    else if (after.size < MAX_LEFT_CARDS) after.set(nameOf(card), card);
  }
  return after.size === before.size ? before : after;
}

/** The cards that a deletion deletes. */
function cardsOf(notification: Notification): LeftCard[] {
  const { kind, key } = notification;
  const route = routeOf(notification);
  if (kind === 'alert-clear') return [{ kind, key, route }];
  if (kind !== 'card-delete') return [];
  const alert: LeftCard[] = notification.alerted ? [{ kind: 'alert-clear', key, route }] : [];
  return [{ kind, key, route }, ...alert];
}

/** The left cards on topics that no rule uses any more. */
export const unusedCards = (cards: LeftCards, used: readonly RouteId[]): LeftCard[] =>
  [...cards.values()].filter(({ route }) => !used.includes(route));

/**
 * The event that deletes a left card.
 *
 * @param howOften `once`: if its topic is refused again, the card stays
 */
export function publishDeletion(
  { deps }: Pick<SupervisorContext, 'deps'>,
  card: LeftCard,
  howOften: 'once' | 'always' = 'always',
): OutboxEvent {
  const notification: RequestedNotification<Deletion> = { ...deletionOf(card), id: deps.nextId() };
  if (howOften === 'once') delete notification.left;
  return { type: 'notification.publish', notification };
}

/**
 * The left cards without those that belong to a torrent that was added again; the same object if there are none of these.
 */
export function withoutOwned(cards: LeftCards, records: ReadonlyMap<Hash, TorrentRecord>): LeftCards {
  const isOwned = ({ key, route }: LeftCard): boolean => {
    const record = records.get(key);
    return record !== undefined && [record.cardRoute, record.alertRoute].includes(route);
  };
  const others = [...cards].filter(([, card]) => !isOwned(card));
  return others.length === cards.size ? cards : new Map(others);
}
