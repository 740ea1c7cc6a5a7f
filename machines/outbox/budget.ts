import type { Failure } from '../domain.ts';

/** From ntfy's account: messages per day, and how many of them are left. */
export interface Allowance {
  daily: number;
  left: number;
}

/** A token bucket, a little below ntfy's own (60 at once, then one per 5 s), and the day's quota. */
export interface Budget {
  tokens: number;
  /** When `tokens` was computed, in milliseconds since 1970. */
  at: number;
  capacity: number;
  /** Milliseconds per token; 0: no limit. */
  interval: number;
  /** Tokens for urgent messages only. */
  reserve: number;
  /** The share of the rate that is used, except by urgent messages: less than 1 after a 429. */
  pace: number;
  /** When the last message that is not urgent was sent. */
  lastAt: number;
  day: DayBudget | null;
}

/** A server's quota for a day that begins at 00:00 UTC (ntfy's `VisitorStatsResetTime`). */
interface DayBudget {
  daily: number;
  left: number;
  /** When the next day begins, in milliseconds since 1970. */
  until: number;
}

const BUCKET_CAPACITY = 50;
const URGENT_RESERVE = 10;
const DEFAULT_RATE = 10;
/**
 * A 429 means that others send from the same address. A fast decrease and a slow increase lead independent senders to
 * similar shares, as in TCP; each is refused a few times an hour, however many there are.
 */
const SLOWDOWN_FACTOR = 1 / 4;
const PACE_DOUBLING_TIME = 10 * 60_000;
/** One message in ten minutes: the cards of completed torrents must be deleted, too. */
const MIN_PACE = 1 / 100;
const DAY = 24 * 60 * 60_000;
/** A day's quota below this is spread over the day (ntfy.sh: 250); a self-hosted server has 17,280. */
const SCARCE_DAILY_QUOTA = 5000;
const ALLOWANCE_MAX_AGE = 10 * 60_000;
/** The share of a small quota that is reserved for urgent messages. */
const DAILY_RESERVE_SHARE = 0.3;

/**
 * Milliseconds for one message; 0: no limit.
 *
 * @param rate messages a minute; `null` for no limit, `auto` for what a server's defaults allow
 */
export const messageInterval = (rate: number | 'auto' | null): number =>
  rate === null ? 0 : 60_000 / (rate === 'auto' ? DEFAULT_RATE : rate);

/** @param rate messages a minute; `null` for no limit, `auto` for what a server's defaults allow */
export function createBudget(rate: number | 'auto' | null, now: number): Budget {
  const interval = messageInterval(rate);
  return {
    tokens: BUCKET_CAPACITY,
    at: now,
    capacity: BUCKET_CAPACITY,
    interval,
    reserve: URGENT_RESERVE,
    pace: 1,
    lastAt: -Infinity,
    day: null,
  };
}

/** The budget with the quota that the server reported. */
export function withAllowance(budget: Budget, { daily, left }: Allowance, now: number): Budget {
  return { ...budget, day: { daily, left, until: nextDay(now) } };
}

/** Whether the reported quota is recent: others may use the same quota. */
export const isFresh = (askedAt: number, now: number): boolean => Math.abs(now - askedAt) < ALLOWANCE_MAX_AGE;

/** The budget at `now`. Setting the clock back adds no tokens, and makes no pause longer. */
export function refill(budget: Budget, now: number): Budget {
  const { interval, capacity } = budget;
  const passed = Math.max(0, now - budget.at);
  const setBack = Math.max(0, budget.at - now);
  const gained = interval === 0 ? capacity : passed / interval;
  return {
    ...budget,
    tokens: Math.min(capacity, budget.tokens + gained),
    at: now,
    lastAt: budget.lastAt - setBack,
    pace: Math.min(1, budget.pace * 2 ** (passed / PACE_DOUBLING_TIME)),
    day: renew(budget.day, now),
  };
}

/** Milliseconds until a message may be sent; 0: now. `urgent` ones may use the reserves. */
export function waitForToken(budget: Budget, urgent: boolean): number {
  const needed = (urgent ? 1 : budget.reserve + 1) - budget.tokens;
  const wait = Math.max(0, Math.ceil(needed * budget.interval));
  return urgent ? wait : Math.max(wait, waitForPace(budget), waitForDay(budget));
}

/** The budget after one message was sent. */
export function spend(budget: Budget, urgent: boolean): Budget {
  const { day, at } = budget;
  return {
    ...budget,
    tokens: budget.tokens - 1,
    lastAt: urgent ? budget.lastAt : at,
    day: day === null ? null : { ...day, left: Math.max(0, day.left - 1) },
  };
}

/** Whether the day's quota is so small that it is spread over the day. */
export const isScarce = ({ day }: Budget): boolean => day !== null && day.daily < SCARCE_DAILY_QUOTA;

/** The budget after a failed message: the limit may be reached, for now or for the day. */
export function exhaust(budget: Budget, kind: Failure['kind'], now: number): Budget {
  if (kind === 'limited') return { ...budget, tokens: 0, at: now };
  if (kind !== 'exhausted') return budget;
  const day = budget.day ?? { daily: SCARCE_DAILY_QUOTA - 1, left: 0, until: nextDay(now) };
  return { ...budget, day: { ...day, left: 0 } };
}

/**
 * The budget after an unexpected 429: slower, with jitter, since others may have been refused at the same moment.
 */
export function slowDown(budget: Budget, random: () => number = Math.random): Budget {
  const slower = { ...budget, pace: Math.max(MIN_PACE, budget.pace * SLOWDOWN_FACTOR) };
  return { ...slower, lastAt: budget.at + random() * spacing(slower) };
}

/** Milliseconds between two messages at this pace; also without a limit. */
const spacing = ({ interval, pace }: Budget): number =>
  (interval === 0 ? 60_000 / DEFAULT_RATE : interval) / pace;

function waitForPace(budget: Budget): number {
  return budget.pace === 1 ? 0 : Math.max(0, Math.ceil(budget.lastAt + spacing(budget) - budget.at));
}

function waitForDay({ day, lastAt, at }: Budget): number {
  if (day === null) return 0;
  const untilRenewed = Math.max(1, day.until - at);
  const spendable = Math.floor(day.left - day.daily * DAILY_RESERVE_SHARE);
  if (spendable <= 0) return untilRenewed;
  if (day.daily >= SCARCE_DAILY_QUOTA) return 0;
  return Math.max(0, Math.ceil(lastAt + untilRenewed / spendable - at));
}

function renew(day: DayBudget | null, now: number): DayBudget | null {
  // If the clock was set back by more than a day, this day would not end.
  return day === null || (now < day.until && day.until - now <= DAY)
    ? day
    : { ...day, left: day.daily, until: nextDay(now) };
}

const nextDay = (now: number): number => (Math.floor(now / DAY) + 1) * DAY;
