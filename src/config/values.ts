/** The types of the settings' values. Messages continue the name of the setting: "POLL_INTERVAL must be …". */
import { isIP } from 'node:net';
import * as z from 'zod';
import { readLocale } from './locale.ts';
import { problemOfPort } from './port.ts';
import { readTimeZone } from './time-zone.ts';

const unitMs = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** `500ms`, `5s`, `2m` or `1h`, in milliseconds, within bounds of the same format. */
export function duration(min: string, max: string) {
  const [minMs, maxMs] = [milliseconds(min), milliseconds(max)];
  return z.string().transform((text, context) => {
    const ms = milliseconds(text);
    if (ms >= minMs && ms <= maxMs) return ms;
    context.addIssue(`must be a duration with its unit (ms, s, m or h), from ${min} to ${max}`);
    return z.NEVER;
  });
}

function milliseconds(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(\D+)$/.exec(text) ?? [];
  return Math.round(Number(amount) * (unitMs.get(unit) ?? Number.NaN));
}

const DAY_MS = 86_400_000;

/** `30d`, a number of days, in milliseconds; 0: none. */
export const days = z.string().transform((text, context) => {
  const [, amount] = /^(0|[1-9]\d{0,3}(?=d$))d?$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * DAY_MS;
  context.addIssue('must be a number of days, such as 30d, from 1d to 9999d, or 0 for none');
  return z.NEVER;
});

/** `localhost`, another host name, or an IP address (IPv6 with or without brackets). */
export const host = z.string().transform((text, context) => {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) || /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(bare)) return bare;
  context.addIssue('must be a host name or an IP address, without a port');
  return z.NEVER;
});

/** A TCP port; 0: any free port. */
export const port = z.string().transform((text, context) => {
  const problem = problemOfPort(text);
  if (problem === null) return Number(text);
  context.addIssue(problem);
  return z.NEVER;
});

/** A whole number, 1 or more. */
export const count = z.string().transform((text, context) => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  context.addIssue('must be a whole number from 1 to 9999999');
  return z.NEVER;
});

/** A whole number from 1 to 1000; `null`: never. */
export const threshold = z.string().transform((text, context): number | null => {
  if (text.toLowerCase() === 'never') return null;
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000) return Number(text);
  context.addIssue('must be a whole number from 1 to 1000, or "never"');
  return z.NEVER;
});

/** Messages per minute; `null`: no limit. */
export const rate = z.string().transform((text, context): number | 'auto' | null => {
  if (text.toLowerCase() === 'auto') return 'auto';
  if (text.toLowerCase() === 'unlimited') return null;
  if (/^\d+(?:\.\d+)?$/.test(text) && Number(text) >= 1) return Number(text);
  context.addIssue('must be a number of messages per minute (1 or more), "unlimited" or "auto"');
  return z.NEVER;
});

/**
 * One of a few words, in any case.
 *
 * @param former earlier names, each with the word that replaced it; accepted, but in no message
 */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  former: ReadonlyMap<string, Words[number]> = new Map(),
) {
  return z
    .string()
    .toLowerCase()
    .overwrite((word) => former.get(word) ?? word)
    .pipe(z.enum(words, `must be one of: ${words.join(', ')}`));
}

/** A value for an `Authorization: Bearer` header. */
export const token = z
  .string()
  .regex(/^[\u0021-\u007e]+$/, 'must be one line of visible ASCII characters without blanks');

/** A key that signs messages. Whoever has a signed message can try all short keys. */
export const signingKey = z
  .string()
  .min(32, 'must have at least 32 characters, such as the output of: openssl rand -hex 32');

/** A language tag, for numbers and times. */
export const locale = z.string().transform((text, context): string => {
  const found = readLocale(text);
  if (found !== undefined) return found;
  context.addIssue('must be a language tag (BCP 47) with hyphens, such as de, en-US or pt-BR');
  return z.NEVER;
});

/** A time zone; the system's if it cannot be parsed. */
export const timeZone = z.string().transform((text) => readTimeZone(text));
