/** C0 and C1 controls, line breaks, and the marks by which text can reorder what stands around it. */
const HARMFUL = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;
/** ntfy decodes words of RFC 2047 even in JSON: an invisible joiner breaks the pattern. */
const ENCODED_WORD = /=\?(?=[^?\s]*\?[bq]\?)/giu;

/**
 * Makes hostile text harmless: one line, well-formed, in reading order, not decoded by ntfy.
 *
 * @param maxBytes UTF-8 bytes; what is longer ends with `…`, cut between characters as people see them
 */
export function harmless(text: string, maxBytes: number): string {
  const clean = text.toWellFormed().replace(HARMFUL, ' ').replace(/\s+/gu, ' ').trim();
  return shorten(clean.replace(ENCODED_WORD, '=\u2060?'), maxBytes);
}

function shorten(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = Buffer.byteLength('…');
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, maxBytes))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** `[████░░░░░░]`: full only at 100 %. */
export function bar(percent: number): string {
  const filled = Math.min(10, Math.max(0, Math.floor(percent / 10)));
  return `[${'█'.repeat(filled)}${'░'.repeat(10 - filled)}]`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.3 GB`: decimal units, as on the label of a disk (1 MB is 1,000,000 bytes). */
export function size(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  // Whole from 100 on (and for bytes), else one digit: 0.9 to 99.9.
  return `${value.toFixed(unit === 0 || value >= 99.95 ? 0 : 1)} ${UNITS[unit]}`;
}

/** `12m 30s`: the two largest units that matter. `∞` where nobody knows. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '∞';
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join(' ');
}

interface Clock {
  /** With its year, to compare. */
  date: string;
  day: string;
  hour: string;
}

/** Formatters are costly to make, and there is one time zone. */
const formatters = new Map<string | undefined, Record<keyof Clock, Intl.DateTimeFormat>>();

function clock(ms: number, timeZone: string | undefined): Clock {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = {
      date: new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short' }),
      day: new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }),
      hour: new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }),
    };
    formatters.set(timeZone, formatter);
  }
  return { date: formatter.date.format(ms), day: formatter.day.format(ms), hour: formatter.hour.format(ms) };
}

/** `at 14:32`, or `on 23 Nov at 14:32` when that is not on the day of `now` (milliseconds). */
export function moment(seconds: number, now: number, timeZone: string | undefined): string {
  const { date, day, hour } = clock(seconds * 1000, timeZone);
  return date === clock(now, timeZone).date ? `at ${hour}` : `on ${day} at ${hour}`;
}

/** `14:32`, or `23 Nov 14:32` when that is not on the day of `now` (milliseconds). */
export function arrival(seconds: number, now: number, timeZone: string | undefined): string {
  const { date, day, hour } = clock(seconds * 1000, timeZone);
  return date === clock(now, timeZone).date ? hour : `${day} ${hour}`;
}
