/** Quiet hours by the local clock. Only `Intl` knows time zones, and it converts in one direction: from instants. */
import type { QuietHours, QuietPeriod, Through } from '../../../machines/quiet/types.ts';

/** The section `quiet` of the rules file: local times like `22:30`, and what may make a sound all the same. */
export interface QuietHoursSettings {
  readonly from: string;
  /** On the next day if it is before `from`. */
  readonly to: string;
  readonly through: readonly Through[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Creates the quiet hours of a time zone. A time that daylight saving skips is the next one that exists; of one that
 * occurs twice, the first occurrence counts.
 *
 * @param timeZone IANA name; `undefined`: that of the system
 * @throws RangeError if a time is invalid, or both are the same: the schema of the rules file allows neither
 * @example
 * createQuietHours({ from: '22:30', to: '07:00', through: ['incidents'] }, 'Europe/Berlin').periodAt(Date.now());
 */
export function createQuietHours(
  { from, to, through }: QuietHoursSettings,
  timeZone: string | undefined,
): QuietHours {
  const clock = createLocalClock(timeZone);
  const [start, end] = [timeOf(from), timeOf(to)];
  if (start === end) throw new RangeError(`quiet hours begin and end at ${from}`);
  const intervalOf = (day: number): Interval => ({
    start: instantOf(clock, day + start),
    end: instantOf(clock, day + end + (end < start ? DAY : 0)),
  });
  // The period is computed again only when it is over, or when the clock was set back.
  let since = Infinity;
  let period: QuietPeriod = { isQuiet: false, until: -Infinity };
  return {
    periodAt(at) {
      if (at >= since && at < period.until) return period;
      const today = Math.floor(clock(at) / DAY) * DAY;
      period = periodIn(
        [-2, -1, 0, 1, 2].map((offset) => intervalOf(today + offset * DAY)),
        at,
      );
      since = at;
      return period;
    },
    through: new Set(through),
  };
}

/** A time of day, in milliseconds since midnight. */
function timeOf(text: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) throw new RangeError(`not a time of day: ${text}`);
  return Number(hours) * HOUR + Number(minutes) * MINUTE;
}

/** Quiet from `start` until before `end`, in milliseconds since 1970. */
interface Interval {
  start: number;
  end: number;
}

/** @param intervals those of the days around `at`, in order */
function periodIn(intervals: readonly Interval[], at: number): QuietPeriod {
  // Both times can be in the hour that daylight saving skips.
  const real = intervals.filter(({ start, end }) => start < end);
  const current = real.find(({ start, end }) => start <= at && at < end);
  if (current === undefined)
    return { isQuiet: false, until: real.find(({ start }) => start > at)?.start ?? at + DAY };
  // A zone can skip a whole day: then one interval begins where the one before ends.
  const until = real.reduce(
    (last, { start, end }) => (start <= last ? Math.max(last, end) : last),
    current.end,
  );
  return { isQuiet: true, until };
}

/** What a local clock shows at an instant, as if it were UTC: whole seconds, in milliseconds. */
type LocalClock = (at: number) => number;

function createLocalClock(timeZone: string | undefined): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

/** Local clocks are between 12 hours behind UTC and 14 hours ahead of it; one more on each side. */
const MAX_AHEAD = 15 * HOUR;
const MAX_BEHIND = 13 * HOUR;

/** The first instant at which a local clock shows this time, or a later one if it skips it. */
function instantOf(clock: LocalClock, local: number): number {
  let [before, after] = [local - MAX_AHEAD, local + MAX_BEHIND];
  // The offsets before and after the change, if there is one on this day.
  const offsets = new Set([before, after].map((instant) => clock(instant) - instant));
  const candidates = Array.from(offsets, (offset) => local - offset);
  const exact = candidates.filter((candidate) => clock(candidate) === local);
  if (exact.length > 0) return Math.min(...exact);
  // It is skipped: the clock shows less before the change, and more after it.
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (clock(middle) < local) before = middle;
    else after = middle;
  }
  return after;
}
