import type { Failure } from '../domain.ts';

/** What ntfy's account says: how many messages a day, and how many of them are left. */
export interface Allowance {
  daily: number;
  left: number;
}

/** A token bucket, a little below ntfy's own (60 at once, then one per 5 s), and the day's quota. */
export interface Budget {
  tokens: number;
  /** When `tokens` was true, in milliseconds since 1970. */
  at: number;
  capacity: number;
  /** Milliseconds until one more token; 0 means: no limit. */
  interval: number;
  /** Tokens that only urgent news may take. */
  reserve: number;
  /** The share of its rate that this sender keeps to, apart from urgent news: less than 1 after a refusal. */
  pace: number;
  /** When the last message that is no urgent news left. */
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

const CAPACITY = 50;
const RESERVE = 10;
const DEFAULT_RATE = 10;
/**
 * A refusal means that others send from the same address. Quick down and slow up is what makes senders that know
 * nothing of each other end at similar shares (as TCP's do), each refused a few times an hour, however many they are.
 */
const LIMITED_FACTOR = 1 / 4;
const DOUBLING = 10 * 60_000;
/** One message in ten minutes: the cards of what is complete have to go, too. */
const MIN_FACTOR = 1 / 100;
const DAY = 24 * 60 * 60_000;
/** A day's quota below this is spread over the day (ntfy.sh: 250); a server of one's own has 17,280. */
const SCARCE = 5000;
const ASK_AGAIN = 10 * 60_000;
/** The share of a scarce day that is kept for urgent news. */
const DAY_RESERVE = 0.3;

/** @param rate messages a minute; `null` for no limit, `auto` for what a server's defaults allow */
export function createBudget(rate: number | 'auto' | null, now: number): Budget {
  const interval = rate === null ? 0 : 60_000 / (rate === 'auto' ? DEFAULT_RATE : rate);
  return {
    tokens: CAPACITY,
    at: now,
    capacity: CAPACITY,
    interval,
    reserve: RESERVE,
    pace: 1,
    lastAt: -Infinity,
    day: null,
  };
}

/** The budget with what the server said of the day. */
export function allow(budget: Budget, { daily, left }: Allowance, now: number): Budget {
  return { ...budget, day: { daily, left, until: nextDay(now) } };
}

/** Whether what the server said of the day still holds: others may draw on the same quota. */
export const isFresh = (askedAt: number, now: number): boolean => Math.abs(now - askedAt) < ASK_AGAIN;

/** The budget as it stands at `now`. A clock that was set back gives nothing and takes nothing: no pause gets longer. */
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
    pace: Math.min(1, budget.pace * 2 ** (passed / DOUBLING)),
    day: renew(budget.day, now),
  };
}

/** Milliseconds until a message may leave: 0 when it may now. `urgent` ones may take the reserves. */
export function waitForToken(budget: Budget, urgent: boolean): number {
  const needed = (urgent ? 1 : budget.reserve + 1) - budget.tokens;
  const wait = Math.max(0, Math.ceil(needed * budget.interval));
  return urgent ? wait : Math.max(wait, waitForPace(budget), waitForDay(budget));
}

/** The budget after one message left. */
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
export const isScarce = ({ day }: Budget): boolean => day !== null && day.daily < SCARCE;

/** The budget after a message failed: the server may have said that it is used up, for now or for the day. */
export function exhaust(budget: Budget, kind: Failure['kind'], now: number): Budget {
  if (kind === 'limited') return { ...budget, tokens: 0, at: now };
  if (kind !== 'exhausted') return budget;
  const day = budget.day ?? { daily: SCARCE - 1, left: 0, until: nextDay(now) };
  return { ...budget, day: { ...day, left: 0 } };
}

/**
 * The budget after a refusal, which its sender did not expect: from now on slower, and not in step with others that
 * were refused at the same moment.
 */
export function slowDown(budget: Budget, random: () => number = Math.random): Budget {
  const slower = { ...budget, pace: Math.max(MIN_FACTOR, budget.pace * LIMITED_FACTOR) };
  return { ...slower, lastAt: budget.at + random() * spacing(slower) };
}

/** Milliseconds between two messages at this pace, also where there was to be no limit. */
const spacing = ({ interval, pace }: Budget): number =>
  (interval === 0 ? 60_000 / DEFAULT_RATE : interval) / pace;

function waitForPace(budget: Budget): number {
  return budget.pace === 1 ? 0 : Math.max(0, Math.ceil(budget.lastAt + spacing(budget) - budget.at));
}

function waitForDay({ day, lastAt, at }: Budget): number {
  if (day === null) return 0;
  const untilRenewed = Math.max(1, day.until - at);
  const spendable = Math.floor(day.left - day.daily * DAY_RESERVE);
  if (spendable <= 0) return untilRenewed;
  if (day.daily >= SCARCE) return 0;
  return Math.max(0, Math.ceil(lastAt + untilRenewed / spendable - at));
}

function renew(day: DayBudget | null, now: number): DayBudget | null {
  // A clock that was set back far would make this day a long one.
  return day === null || (now < day.until && day.until - now <= DAY)
    ? day
    : { ...day, left: day.daily, until: nextDay(now) };
}

const nextDay = (now: number): number => (Math.floor(now / DAY) + 1) * DAY;
