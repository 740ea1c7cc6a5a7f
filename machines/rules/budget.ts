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
  day: DayBudget | null;
}

/** A server's quota for a day that begins at 00:00 UTC (ntfy's `VisitorStatsResetTime`). */
interface DayBudget {
  daily: number;
  left: number;
  /** When the next day begins, in milliseconds since 1970. */
  until: number;
  /** When the last message that is no urgent news left. */
  lastAt: number;
}

const CAPACITY = 50;
const RESERVE = 10;
const DEFAULT_RATE = 10;
const DAY = 24 * 60 * 60_000;
/** A day's quota below this is spread over the day (ntfy.sh: 250); a server of one's own has 17,280. */
const SCARCE = 5000;
/** The share of a scarce day that is kept for urgent news. */
const DAY_RESERVE = 0.3;

/** @param rate messages a minute; `null` for no limit, `auto` for what a server's defaults allow */
export function createBudget(rate: number | 'auto' | null, now: number): Budget {
  const interval = rate === null ? 0 : 60_000 / (rate === 'auto' ? DEFAULT_RATE : rate);
  return { tokens: CAPACITY, at: now, capacity: CAPACITY, interval, reserve: RESERVE, day: null };
}

/** The budget with what the server said of the day. */
export function allow(budget: Budget, { daily, left }: Allowance, now: number): Budget {
  return { ...budget, day: { daily, left, until: nextDay(now), lastAt: -Infinity } };
}

/** The budget as it stands at `now`. A clock that was set back gives nothing and takes nothing. */
export function refill(budget: Budget, now: number): Budget {
  const day = renew(budget.day, now);
  if (budget.interval === 0) return { ...budget, tokens: budget.capacity, at: now, day };
  const gained = Math.max(0, now - budget.at) / budget.interval;
  return { ...budget, tokens: Math.min(budget.capacity, budget.tokens + gained), at: now, day };
}

/** Milliseconds until a message may leave: 0 when it may now. `urgent` ones may take the reserves. */
export function waitForToken(budget: Budget, urgent: boolean): number {
  if (budget.interval === 0) return 0;
  const needed = (urgent ? 1 : budget.reserve + 1) - budget.tokens;
  const wait = Math.max(0, Math.ceil(needed * budget.interval));
  return Math.max(wait, urgent ? 0 : waitForDay(budget));
}

/** The budget after one message left. */
export function spend(budget: Budget, urgent: boolean): Budget {
  if (budget.interval === 0) return budget;
  const { day, at } = budget;
  return {
    ...budget,
    tokens: budget.tokens - 1,
    day: day === null ? null : { ...day, left: Math.max(0, day.left - 1), lastAt: urgent ? day.lastAt : at },
  };
}

/** The budget after the server said that it is used up. */
export function exhaust(budget: Budget, what: 'burst' | 'day', now: number): Budget {
  if (what === 'burst') return { ...budget, tokens: 0, at: now };
  const day = budget.day ?? { daily: SCARCE - 1, left: 0, until: nextDay(now), lastAt: now };
  return { ...budget, day: { ...day, left: 0 } };
}

function waitForDay({ day, at }: Budget): number {
  if (day === null) return 0;
  const untilRenewed = Math.max(1, day.until - at);
  const spendable = Math.floor(day.left - day.daily * DAY_RESERVE);
  if (spendable <= 0) return untilRenewed;
  if (day.daily >= SCARCE) return 0;
  return Math.max(0, Math.ceil(day.lastAt + untilRenewed / spendable - at));
}

function renew(day: DayBudget | null, now: number): DayBudget | null {
  // A clock that was set back far would make this day a long one.
  return day === null || (now < day.until && day.until - now <= DAY)
    ? day
    : { ...day, left: day.daily, until: nextDay(now) };
}

const nextDay = (now: number): number => (Math.floor(now / DAY) + 1) * DAY;
