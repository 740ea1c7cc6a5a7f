/** From parameters to an event, or to the error that ntfy answers. */
import * as z from 'zod';
import { newId } from './event.ts';
import type { NtfyEvent } from './event.ts';
import type { ErrorCode } from './errors.ts';
import { decodeWords } from './params.ts';
import type { Params } from './params.ts';

export type NtfyGeneration = 'legacy' | 'current';

/** The default cache duration. */
const CACHE_SECONDS = 12 * 3600;
/** A message that reaches this many bytes becomes an attachment; attachments are off here. */
const MESSAGE_LIMIT = 4096;

const NAME = /^[-_A-Za-z0-9]{1,64}$/;
const RESERVED = new Set('docs static file app metrics account settings signup login v1'.split(' '));

const PRIORITIES: Record<string, number> = { min: 1, low: 2, default: 3, high: 4, max: 5, urgent: 5 };

/** Topics and sequence IDs have the same form. */
export const isName = (text: string): boolean => NAME.test(text);

export const isReserved = (topic: string): boolean => RESERVED.has(topic);

/** `null`: no such priority. 0: none given. */
function parsePriority(text: string): number | null {
  if (text === '') return 0;
  const value = PRIORITIES[text.toLowerCase()] ?? (/^[1-5]$/.test(text) ? Number(text) : null);
  return value;
}

function action(kinds: string[]) {
  return z
    .looseObject({ action: z.enum(kinds), label: z.string().min(1), url: z.string().optional() })
    .refine(({ action, url }) => !['view', 'http'].includes(action) || Boolean(url));
}

const actions: Record<NtfyGeneration, z.ZodType<Record<string, unknown>[]>> = {
  legacy: z.array(action(['view', 'broadcast', 'http'])).max(3),
  current: z.array(action(['view', 'broadcast', 'http', 'copy'])).max(3),
};

/** `null`: invalid. Only the JSON form: the header's short form is not simulated. */
function parseActions(text: string, generation: NtfyGeneration): Record<string, unknown>[] | null {
  if (text === '') return [];
  try {
    const list = actions[generation].parse(JSON.parse(text));
    return list.map((entry) => Object.assign({ id: newId().slice(0, 10), clear: false }, entry));
  } catch {
    return null;
  }
}

/** What every event has. */
export function envelope(event: NtfyEvent['event'], topic: string, sequence: string, now: number): NtfyEvent {
  const id = newId();
  const time = Math.floor(now / 1000);
  const own = sequence === '' || sequence === id ? {} : { sequence_id: sequence };
  return { id, time, expires: time + CACHE_SECONDS, event, topic, ...own };
}

export interface Draft {
  topic: string;
  /** '' if it isn't in the path. */
  sequence: string;
  message: string;
  params: Params;
}

const isUrl = (text: string) => text === '' || /^https?:\/\//.test(text);

function findError(draft: Draft, sequence: string): ErrorCode | null {
  const { params, message } = draft;
  if (sequence !== '' && !isName(sequence)) return 40049;
  if (parsePriority(params('x-priority', 'priority', 'prio', 'p')) === null) return 40007;
  if (!isUrl(params('x-attach', 'attach', 'a'))) return 40013;
  if (!isUrl(params('x-icon', 'icon'))) return 40021;
  return Buffer.byteLength(message) >= MESSAGE_LIMIT ? 40014 : null;
}

/** The event of a publish. Empty fields are left out, an empty message is `triggered`. */
export function compose(draft: Draft, generation: NtfyGeneration, now: number): NtfyEvent | ErrorCode {
  const { params } = draft;
  const said = draft.sequence === '' ? params('x-sequence-id', 'sequence-id', 'sid') : draft.sequence;
  const sequence = generation === 'legacy' ? '' : said;
  const error = findError(draft, sequence);
  if (error !== null) return error;
  const buttons = parseActions(params('x-actions', 'actions', 'action'), generation);
  if (buttons === null) return 40018;
  const title = decodeWords(params('x-title', 'title', 't')).trim();
  const body =
    draft.message.trim() || decodeWords(params('x-message', 'message', 'm')).replaceAll('\\n', '\n');
  const tags = params('x-tags', 'tags', 'tag', 'ta').split(',').map(decodeWords);
  const named = tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
  const priority = parsePriority(params('x-priority', 'priority', 'prio', 'p'));
  const [click, icon] = [params('x-click', 'click'), params('x-icon', 'icon')];
  const event: NtfyEvent = {
    ...envelope('message', draft.topic, sequence, now),
    ...(title === '' ? {} : { title }),
    message: body || 'triggered',
    ...(priority ? { priority } : {}),
    ...(named.length > 0 ? { tags: named } : {}),
    ...(click === '' ? {} : { click }),
    ...(icon === '' ? {} : { icon }),
    ...(buttons.length > 0 ? { actions: buttons } : {}),
    ...(params('x-markdown', 'markdown', 'md') === '' ? {} : { content_type: 'text/markdown' }),
  };
  if (params('x-cache', 'cache') === 'no') delete event.expires;
  return event;
}
