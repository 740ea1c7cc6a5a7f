import type { FormatOptions } from './options.ts';

type Zone = Pick<FormatOptions, 'timeZone' | 'locale'>;

/** Formatters are expensive to create, and there is one time zone and one locale. */
const formatters = new Map<string, ReturnType<typeof createFormatters>>();

const DEFAULT_LOCALE = 'en-GB';

function createFormatters({ timeZone, locale = DEFAULT_LOCALE }: Zone) {
  const format = (options: Intl.DateTimeFormatOptions, language = locale) =>
    new Intl.DateTimeFormat(language, { timeZone, ...options });
  return {
    /** With the year, for comparisons. */
    date: format({ dateStyle: 'short' }, DEFAULT_LOCALE),
    day: format({ day: 'numeric', month: 'short' }),
    time: format({ hour: '2-digit', minute: '2-digit' }),
    timeWithSeconds: format({ timeStyle: 'medium' }),
  };
}

function formattersFor(zone: Zone) {
  const name = `${zone.timeZone ?? ''} ${zone.locale ?? ''}`;
  const found = formatters.get(name) ?? createFormatters(zone);
  formatters.set(name, found);
  return found;
}

/** `at 14:32`, or `on 23 Nov at 14:32` if that is not the day of `now` (milliseconds). */
export function formatMoment(seconds: number, now: number, zone: Zone): string {
  const { date, day, time } = formattersFor(zone);
  const at = seconds * 1000;
  const text = `at ${time.format(at)}`;
  return date.format(at) === date.format(now) ? text : `on ${day.format(at)} ${text}`;
}

/** `14:32`, or `23 Nov 14:32` if that is not the day of `now` (milliseconds). */
export function formatTime(seconds: number, now: number, zone: Zone): string {
  const { date, day, time } = formattersFor(zone);
  const at = seconds * 1000;
  return date.format(at) === date.format(now) ? time.format(at) : `${day.format(at)} ${time.format(at)}`;
}

/** `14:32:05`, of an instant in milliseconds since 1970. */
export const formatTimeWithSeconds = (at: number, zone: Zone): string =>
  formattersFor(zone).timeWithSeconds.format(at);
