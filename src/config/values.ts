/** The kinds of values that settings are made of. Messages continue the name: "POLL_INTERVAL must be …". */
import { isIP } from 'node:net';
import * as z from 'zod';
import { faultOfPort } from './port.ts';
import { readTimeZone } from './time-zone.ts';

/** Paths that the ntfy server keeps for itself (reference/ntfy.md, section 3). */
const reservedTopics = new Set([
  'docs',
  'static',
  'file',
  'app',
  'metrics',
  'account',
  'settings',
  'signup',
  'login',
  'v1',
]);

const unitMs = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** `500ms`, `5s`, `2m`, `1h`, within bounds given the same way; milliseconds come out. */
export function duration(min: string, max: string) {
  const [least, most] = [milliseconds(min), milliseconds(max)];
  return z.string().transform((text, context) => {
    const ms = milliseconds(text);
    if (ms >= least && ms <= most) return ms;
    context.addIssue(`must be a duration with its unit (ms, s, m or h), from ${min} to ${max}`);
    return z.NEVER;
  });
}

function milliseconds(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(\D+)$/.exec(text) ?? [];
  return Math.round(Number(amount) * (unitMs.get(unit) ?? Number.NaN));
}

/** An http or https address, its path kept, without a slash at its end. */
export const httpUrl = z.string().transform((text, context) => {
  const { url, fault } = address(text);
  if (url) return url.origin + url.pathname.replace(/\/+$/, '');
  context.addIssue(fault);
  return z.NEVER;
});

/** The address of a server that is the root of its host, as ntfy's has to be. */
export const httpOrigin = z.string().transform((text, context) => {
  const { url, fault } = address(text);
  if (url?.pathname === '/') return url.origin;
  context.addIssue(url ? `must hold no path: ${underPath}` : fault);
  return z.NEVER;
});

const underPath = 'an ntfy server can not live under one';

/** A topic, bare or as the URL that the ntfy app shows. */
export const topic = z
  .string('is missing: it says where the cards go')
  .transform((text, context): { server: string | null; topic: string } => {
    const parsed = parseTopic(text);
    if (!('fault' in parsed)) return parsed;
    context.addIssue(parsed.fault);
    return z.NEVER;
  });

function parseTopic(text: string): { server: string | null; topic: string } | { fault: string } {
  if (!text.includes('/')) return checkTopic(null, text);
  const { url, fault } = address(text);
  if (!url) return { fault: `${fault}, or a topic without slashes` };
  const [name = '', ...rest] = url.pathname.replace(/^\/|\/$/g, '').split('/');
  if (rest.length > 0) return { fault: `must be the server and one topic, without a path: ${underPath}` };
  return checkTopic(url.origin, name);
}

function checkTopic(server: string | null, name: string) {
  if (name === '') return { fault: 'must name a topic behind the server' };
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(name))
    return { fault: 'must be a topic of 1 to 64 letters, digits, "-" and "_", or its full URL' };
  if (reservedTopics.has(name)) return { fault: 'must be another topic: ntfy keeps this name for itself' };
  return { server, topic: name };
}

type Address = { url: URL; fault?: never } | { url?: never; fault: string };

function address(text: string): Address {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return { fault: 'must be an address that starts with http:// or https://' };
  if (url.username || url.password)
    return { fault: 'must hold no user name and no password: there are settings for them' };
  if (url.search || url.hash) return { fault: 'must hold no query (?) and no fragment (#)' };
  return { url };
}

/** `localhost`, another host name, or an IP address (IPv6 with or without brackets). */
export const host = z.string().transform((text, context) => {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) || /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(bare)) return bare;
  context.addIssue('must be a host name or an IP address, without a port');
  return z.NEVER;
});

/** A TCP port; 0 takes any free one. */
export const port = z.string().transform((text, context) => {
  const fault = faultOfPort(text);
  if (fault === null) return Number(text);
  context.addIssue(fault);
  return z.NEVER;
});

/** A whole number of things, 1 or more. */
export const count = z.string().transform((text, context) => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  context.addIssue('must be a whole number from 1 to 9999999');
  return z.NEVER;
});

/** Messages a minute; `null` without a limit. */
export const rate = z.string().transform((text, context): number | 'auto' | null => {
  if (text.toLowerCase() === 'auto') return 'auto';
  if (text.toLowerCase() === 'unlimited') return null;
  if (/^\d+(?:\.\d+)?$/.test(text) && Number(text) >= 1) return Number(text);
  context.addIssue('must be a number of messages a minute, 1 or more, or "unlimited", or "auto"');
  return z.NEVER;
});

/** One of a few words, in any case. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(words, `must be one of: ${words.join(', ')}`));
}

/** What may stand in an `Authorization: Bearer` header. */
export const token = z
  .string()
  .regex(/^[\u0021-\u007e]+$/, 'must be one line of visible ASCII characters without blanks');

/** A time zone; what can't be read is the system's. */
export const timeZone = z.string().transform((text) => readTimeZone(text));
