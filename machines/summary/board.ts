import type { Hash, Now } from '../domain.ts';
import type { RouteId } from '../routing/types.ts';
import type { Seen } from '../torrent/types.ts';
import type { SummaryAnswer } from './types.ts';
import { isAlwaysSummary, isSummaryAllowed, summaryFromOf } from './settings.ts';
import type { SummarySettings } from './settings.ts';

/** The last observation of a download. The torrent changes it in place: a poll without changes costs nothing here. */
export type Member = Pick<Seen, 'observation' | 'progress'>;

/**
 * - `none`: each download has its own card
 * - `begun`: a summary replaces the cards, and none was sent yet
 * - `resuming`: there is one of an earlier run, and the polls have not shown yet what downloads now
 * - `shown`: it is kept up to date
 */
export type SummaryState = 'none' | 'begun' | 'resuming' | 'shown';

/** The downloads of one topic. */
export interface TopicBoard {
  readonly route: RouteId;
  readonly members: Map<Hash, Member>;
  /** How many have joined or left until now. */
  changes: number;
  summary: SummaryState;
  /** Since when there are so few downloads that each can have its own card; `null`: there are more. */
  fewSince: number | null;
  /** Whether a summary may be on the phone: stored before the first one is sent. */
  isStored: boolean;
  /** When its content was last compared with what is shown; `null`: not yet. */
  checkedAt: number | null;
  /** The answer to the last press of a button, and when it was given; `null` for none. */
  answer: { shown: SummaryAnswer; at: number } | null;
  /** The summary that was requested last; `null` if none was, or if it was refused. */
  published: PublishedSummary | null;
}

/** What decides whether another summary is worth a message. */
export interface PublishedSummary {
  /** All that is shown, as text. */
  shown: string;
  at: number;
  downloads: number;
  percent: number;
  /** `changes` of its topic. */
  changes: number;
}

/**
 * Which torrents download on each topic, and whether a summary replaces their cards. One object that the supervisor, the
 * torrents, the outbox and the actor `summary` share. Changed in place, only by the functions of this folder, and only
 * inside `assign` or `enqueueActions`. Times in milliseconds since 1970.
 */
export interface SummaryBoard {
  readonly settings: SummarySettings;
  readonly now: Now;
  readonly hasTorrents: () => boolean;
  readonly topics: Map<RouteId, TopicBoard>;
  /** The topic of each download. */
  readonly places: Map<Hash, RouteId>;
  /** Whether ntfy updates cards in place, and whether its daily quota is small; `null` until it is known. */
  live: boolean | null;
  isScarce: boolean;
  startedAt: number;
  /** When a poll first showed a torrent; `null` before. */
  observedAt: number | null;
}

export interface BoardOptions {
  settings: SummarySettings;
  now: Now;
  /** Whether any torrent is tracked. */
  hasTorrents: () => boolean;
  /** The topics on which an earlier process may have left a summary. */
  stored?: readonly RouteId[] | undefined;
}

export function createBoard({ settings, now, hasTorrents, stored = [] }: BoardOptions): SummaryBoard {
  const board: SummaryBoard = {
    settings,
    now,
    hasTorrents,
    topics: new Map(),
    places: new Map(),
    live: null,
    isScarce: false,
    startedAt: now(),
    observedAt: null,
  };
  for (const route of stored) addTopic(board, route).isStored = true;
  resume(board);
  return board;
}

/** After a start, of the process or of its actors: what may be on the phone stays until polls show what downloads now. */
export function resume(board: SummaryBoard): void {
  const at = board.now();
  board.places.clear();
  board.startedAt = at;
  board.observedAt = null;
  for (const topic of board.topics.values()) {
    if (!topic.isStored) {
      board.topics.delete(topic.route);
      continue;
    }
    topic.members.clear();
    topic.summary = 'resuming';
    Object.assign(topic, { fewSince: at, checkedAt: at, published: null });
  }
}

/** Whether a summary replaces the cards of a topic. */
export const hasSummary = ({ summary }: Pick<TopicBoard, 'summary'>): boolean => summary !== 'none';

/** Whether a summary replaces the cards of the torrents on this topic now. */
export function isInSummary({ topics, settings, live }: SummaryBoard, route: RouteId): boolean {
  const topic = topics.get(route);
  const isShown = (topic !== undefined && hasSummary(topic)) || isAlwaysSummary(settings, route);
  return isShown && isSummaryAllowed(settings, route, live);
}

/** Whether a summary shows this torrent in place of its card. */
export function isMember(board: SummaryBoard, key: Hash): boolean {
  const route = board.places.get(key);
  return route !== undefined && isInSummary(board, route);
}

/**
 * Records what a poll has shown of a torrent.
 *
 * @param route the topic on which it downloads; `null`: it does not download, or a rule excludes its progress
 * @returns whether the actor `summary` has something to do: a summary begins, or has its first download
 */
export function observe(board: SummaryBoard, key: Hash, route: RouteId | null, member: Member): boolean {
  board.observedAt ??= board.now();
  const before = board.places.get(key) ?? null;
  if (before !== route) leave(board, key);
  if (route === null) return false;
  const topic = board.topics.get(route) ?? addTopic(board, route);
  topic.members.set(key, member);
  if (before === route) return begin(board, topic);
  board.places.set(key, route);
  topic.changes += 1;
  countFew(board, topic);
  return begin(board, topic) || (hasSummary(topic) && topic.members.size === 1);
}

/** Records that a torrent does not download any more, or that its actor crashed. */
export function leave(board: SummaryBoard, key: Hash): void {
  const route = board.places.get(key);
  const topic = route === undefined ? undefined : board.topics.get(route);
  if (topic === undefined) return;
  board.places.delete(key);
  topic.members.delete(key);
  topic.changes += 1;
  countFew(board, topic);
  forgetUnused(board, topic);
}

/** The summary of a topic shows this next. */
export function answerOn({ topics, now }: SummaryBoard, route: RouteId, shown: SummaryAnswer): void {
  const topic = topics.get(route);
  if (topic === undefined || !hasSummary(topic)) return;
  topic.answer = { shown, at: now() };
  topic.checkedAt = null;
}

/** Deletes a topic on which nothing downloads, and no summary is. */
export function forgetUnused({ topics }: SummaryBoard, topic: TopicBoard): void {
  if (topic.members.size === 0 && !hasSummary(topic) && !topic.isStored) topics.delete(topic.route);
}

/** Records what the answers of ntfy have shown. */
export function recordServer(board: SummaryBoard, server: Pick<SummaryBoard, 'live' | 'isScarce'>): void {
  board.live = server.live;
  board.isScarce = server.isScarce;
}

function addTopic({ topics }: SummaryBoard, route: RouteId): TopicBoard {
  const topic: TopicBoard = {
    route,
    members: new Map(),
    changes: 0,
    summary: 'none',
    fewSince: null,
    isStored: false,
    checkedAt: null,
    answer: null,
    published: null,
  };
  topics.set(route, topic);
  return topic;
}

/** Records since when at most half as many torrents download as begin a summary. */
export function countFew({ settings, now, isScarce }: SummaryBoard, topic: TopicBoard): void {
  const limit = summaryFromOf(settings, topic.route, isScarce) ?? 0;
  topic.fewSince = topic.members.size > limit / 2 ? null : (topic.fewSince ?? now());
}

/** Begins a summary if there are enough downloads. Returns whether it began. */
function begin({ settings, live, isScarce }: SummaryBoard, topic: TopicBoard): boolean {
  const { route, members } = topic;
  const limit = summaryFromOf(settings, route, isScarce);
  if (hasSummary(topic) || limit === null || members.size <= limit) return false;
  if (!isSummaryAllowed(settings, route, live)) return false;
  topic.summary = 'begun';
  Object.assign(topic, { checkedAt: null, published: null });
  return true;
}
