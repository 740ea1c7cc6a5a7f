/** Converts the parameters of a publish to an event, or to ntfy's error. */
import { parseActions } from './actions.ts';
import type { Action } from './actions.ts';
import { newId } from './id.ts';
import type { NtfyEvent } from './event.ts';
import type { ErrorCode, Refusal } from './errors.ts';
import type { NtfyGeneration } from './generation.ts';
import { decodeWords } from './params.ts';
import type { Params } from './params.ts';

/** The default cache duration. */
const CACHE_SECONDS = 12 * 3600;
/** Bytes; a message of this size or more becomes an attachment, which this simulator rejects. */
const MESSAGE_LIMIT = 4096;

const NAME = /^[-_A-Za-z0-9]{1,64}$/;
const RESERVED = new Set('docs static file app metrics account settings signup login v1'.split(' '));
const PRIORITIES: Record<string, number> = { min: 1, low: 2, default: 3, high: 4, max: 5, urgent: 5 };

/** Topics and sequence IDs have the same format. */
export const isName = (text: string): boolean => NAME.test(text);

export const isReserved = (topic: string): boolean => RESERVED.has(topic);

/** `null`: invalid. 0: missing, or a priority of RFC 9218, which ntfy ignores. */
function parsePriority(text: string): number | null {
  if (text === '' || /^u=\d|^i$/.test(text)) return 0;
  return PRIORITIES[text.toLowerCase()] ?? (/^[1-5]$/.test(text) ? Number(text) : null);
}

/** The common fields of all events, in ntfy's order. */
export function envelope(event: NtfyEvent['event'], topic: string, sequence: string, now: number): NtfyEvent {
  const id = newId();
  const time = Math.floor(now / 1000);
  const own = sequence === '' || sequence === id ? {} : { sequence_id: sequence };
  return { id, ...own, time, expires: time + CACHE_SECONDS, event, topic };
}

/** A publish before validation. */
export interface Draft {
  topic: string;
  /** '' if it is not in the path. */
  sequence: string;
  message: string;
  params: Params;
  actions: Action[];
}

const isUrl = (text: string) => text === '' || /^https?:\/\//.test(text);

function findError({ params, message }: Draft, sequence: string, priority: number | null): ErrorCode | null {
  if (sequence !== '' && !isName(sequence)) return 40049;
  if (priority === null) return 40007;
  if (!isUrl(params('x-attach', 'attach', 'a'))) return 40013;
  if (!isUrl(params('x-icon', 'icon'))) return 40021;
  return Buffer.byteLength(message) >= MESSAGE_LIMIT ? 40014 : null;
}

function parseTags(text: string): string[] {
  const tags = text.split(',').map((tag) => decodeWords(tag).trim());
  return tags.filter((tag) => tag !== '');
}

const isFilled = ([, value]: [string, unknown]) =>
  value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0);

/** Omits empty fields. */
function filled<T extends object>(fields: T): Partial<T> {
  const result: Partial<T> = {};
  Object.assign(result, Object.fromEntries(Object.entries(fields).filter(isFilled)));
  return result;
}

/** The event of a publish. An empty message becomes `triggered`; title and message are trimmed. */
export function compose(draft: Draft, generation: NtfyGeneration, now: number): NtfyEvent | Refusal {
  const { params } = draft;
  const given = draft.sequence === '' ? params('x-sequence-id', 'sequence-id', 'sid') : draft.sequence;
  const sequence = generation === 'legacy' ? '' : given;
  const priority = parsePriority(params('x-priority', 'priority', 'prio', 'p'));
  const error = findError(draft, sequence, priority);
  if (error !== null) return { code: error };
  const actions = parseActions(draft.actions, generation);
  if (!Array.isArray(actions)) return actions;
  const header = decodeWords(params('x-message', 'message', 'm')).replaceAll(String.raw`\n`, '\n');
  const fields = filled({
    title: decodeWords(params('x-title', 'title', 't')).trim(),
    message: draft.message.trim() || header || 'triggered',
    priority: priority ?? 0,
    tags: parseTags(params('x-tags', 'tags', 'tag', 'ta')),
    click: params('x-click', 'click'),
    icon: params('x-icon', 'icon'),
    actions,
    content_type: params('x-markdown', 'markdown', 'md') === '' ? '' : 'text/markdown',
  });
  const event = { ...envelope('message', draft.topic, sequence, now), ...fields };
  if (params('x-cache', 'cache') === 'no') delete event.expires;
  return event;
}
