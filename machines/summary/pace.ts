/** How often a summary is updated, and when it ends. */
import { messageInterval } from '../outbox/budget.ts';
import { hasSummary } from './board.ts';
import type { PublishedSummary, SummaryBoard, TopicBoard } from './board.ts';
import type { SummaryFigures } from './types.ts';

/** Minimum milliseconds between two updates of a summary. */
const MIN_INTERVAL = 10_000;
/** Summaries use at most every second message, so that deletions and the progress of other topics are sent, too. */
const MESSAGES_PER_UPDATE = 2;
/** Milliseconds between two checks where only coarse steps are sent. */
const COARSE_INTERVAL = 60_000;
/** Milliseconds for which there are few downloads until each has its own card again. */
const FEW_TIME = 60_000;
/** Milliseconds after the first poll until a summary of an earlier run ends if there are few downloads. */
const RESUME_TIME = 60_000;
/** Minimum milliseconds between two messages because downloads joined or left, where only coarse steps are sent. */
const COARSE_CHANGE_INTERVAL = 20 * 60_000;
/** A coarse step in percent. */
const COARSE_STEP = 25;

/** Whether each update has to be worth a message of the day: the daily quota is small (ntfy.sh). */
export const isCoarse = ({ isScarce }: SummaryBoard): boolean => isScarce;

/** In either direction: the clock may be set back. */
const hasPassed = (since: number, time: number, at: number): boolean => Math.abs(at - since) >= time;

/** Milliseconds between two updates of a topic's summary: the more topics have one, the longer. */
export function updateInterval(board: SummaryBoard): number {
  if (isCoarse(board)) return COARSE_INTERVAL;
  const { rate } = board.settings.policy;
  const topics = [...board.topics.values()].filter(hasSummary).length;
  return Math.max(MIN_INTERVAL, MESSAGES_PER_UPDATE * messageInterval(rate)) * Math.max(1, topics);
}

/** Whether it is time to compare the content of a summary with what is shown. */
export const isCheckDue = (board: SummaryBoard, { checkedAt }: TopicBoard, at: number): boolean =>
  checkedAt === null || hasPassed(checkedAt, updateInterval(board), at);

/** Milliseconds until the next check of any summary; `null`: there is nothing to wait for. */
export function nextCheckIn(board: SummaryBoard): number | null {
  const at = board.now();
  const interval = updateInterval(board);
  const waits = [...board.topics.values()]
    .filter((topic) => hasSummary(topic) && !isIdle(board, topic))
    .map(({ checkedAt }) => (checkedAt === null ? 0 : Math.max(0, interval - Math.abs(at - checkedAt))));
  return waits.length === 0 ? null : Math.min(...waits);
}

/** Whether a summary shows that nothing downloads, and stays so until something does. */
const isIdle = (board: SummaryBoard, { members, published }: TopicBoard): boolean =>
  isCoarse(board) && members.size === 0 && published?.downloads === 0;

/** Whether a summary of an earlier run stays as it is, because polls may show further downloads. */
export function isWaitingForPolls(
  { observedAt, startedAt, hasTorrents }: SummaryBoard,
  { summary, fewSince }: TopicBoard,
  at: number,
): boolean {
  if (summary !== 'resuming' || fewSince === null) return false;
  // Without a torrent there is no poll.
  const since = observedAt ?? (hasTorrents() ? null : startedAt);
  return since === null || !hasPassed(since, RESUME_TIME, at);
}

/**
 * Whether each download has its own card again, or there is none any more. With a small quota the summary stays: neither its deletion nor the cards
 * would be worth their messages.
 */
export const isOver = (board: SummaryBoard, { fewSince, members }: TopicBoard, at: number): boolean =>
  !isCoarse(board) && fewSince !== null && (members.size === 0 || hasPassed(fewSince, FEW_TIME, at));

/** Whether content that differs from what is shown is worth a message. */
export function isWorthSending(
  board: SummaryBoard,
  { published, changes }: TopicBoard,
  { at, downloads, percent, answer }: SummaryFigures,
): boolean {
  if (published === null || !isCoarse(board) || answer !== undefined) return true;
  if (downloads === 0 || published.downloads === 0) return true;
  const isStep = Math.floor(percent / COARSE_STEP) > Math.floor(published.percent / COARSE_STEP);
  return isStep || hasChanged(published, changes, at);
}

const hasChanged = (published: PublishedSummary, changes: number, at: number): boolean =>
  changes !== published.changes && hasPassed(published.at, COARSE_CHANGE_INTERVAL, at);
