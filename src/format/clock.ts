/** Formatters are expensive to create, and there is one time zone. */
const formatters = new Map<string | undefined, ReturnType<typeof createFormatters>>();

function createFormatters(timeZone: string | undefined) {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  return {
    /** With the year, for comparisons. */
    date: format({ dateStyle: 'short' }),
    day: format({ day: 'numeric', month: 'short' }),
    time: format({ hour: '2-digit', minute: '2-digit' }),
    timeWithSeconds: format({ timeStyle: 'medium' }),
  };
}

function formattersFor(timeZone: string | undefined) {
  const found = formatters.get(timeZone) ?? createFormatters(timeZone);
  formatters.set(timeZone, found);
  return found;
}

/** `at 14:32`, or `on 23 Nov at 14:32` if that is not the day of `now` (milliseconds). */
export function formatMoment(seconds: number, now: number, timeZone: string | undefined): string {
  const { date, day, time } = formattersFor(timeZone);
  const at = seconds * 1000;
  const text = `at ${time.format(at)}`;
  return date.format(at) === date.format(now) ? text : `on ${day.format(at)} ${text}`;
}

/** `14:32`, or `23 Nov 14:32` if that is not the day of `now` (milliseconds). */
export function formatTime(seconds: number, now: number, timeZone: string | undefined): string {
  const { date, day, time } = formattersFor(timeZone);
  const at = seconds * 1000;
  return date.format(at) === date.format(now) ? time.format(at) : `${day.format(at)} ${time.format(at)}`;
}

/** `14:32:05`, of an instant in milliseconds since 1970. */
export const formatTimeWithSeconds = (at: number, timeZone: string | undefined): string =>
  formattersFor(timeZone).timeWithSeconds.format(at);
