/** The lines of ntfy's stream: one event each, as JSON. */
import * as z from 'zod';
import { parseJson } from '../http/request.ts';
import { COMMAND_PREFIX } from './codec.ts';

/** An event of the stream. `time`: by the server's clock, in seconds since 1970. */
export type StreamEvent =
  /** The first one, and one every 45 s. */
  | { kind: 'open' | 'keepalive'; time: number }
  /** A message that may be a command. `isStored`: the server can continue after it. */
  | { kind: 'command'; time: number; id: string; isStored: boolean; text: string }
  /** Anything else; `id`: of a stored message, if it is known. */
  | { kind: 'junk'; id: string | null };

/** Characters of a line. A message with the longest command on the longest topic has about 600. */
export const MAX_LINE_LENGTH = 2048;

const time = z.int().positive();

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.enum(['open', 'keepalive']), time }),
  z.object({
    event: z.literal('message'),
    time,
    id: z.string().regex(/^[\w-]{1,64}$/),
    expires: z.number().optional(),
    message: z.string(),
  }),
]);

/**
 * What a line must contain to be parsed. In a string of JSON the quotation marks are escaped, so that the text of a message
 * cannot contain it.
 */
const MARKS = [`"message":"${COMMAND_PREFIX}`, '"event":"open"', '"event":"keepalive"'];

/**
 * ntfy's JSON begins with the ID. Only what is stored has a time of expiry (ntfy docs, "Message caching"): after the ID of
 * another message, which anyone can publish, ntfy would send all that it has stored.
 */
const STORED_ID = /^\{"id":"(\w{1,64})"(?:,"sequence_id":"[\w-]{1,64}")?,"time":\d{1,12},"expires":\d/;

/** Reads a line of any content. Anyone who knows the topic can cause many lines, so junk is not parsed. */
export function readEvent(line: string): StreamEvent {
  const event = MARKS.some((mark) => line.includes(mark))
    ? eventSchema.safeParse(parseJson(line)).data
    : null;
  if (event?.event === 'message') {
    const { time, id, expires, message: text } = event;
    return { kind: 'command', time, id, isStored: expires !== undefined, text };
  }
  if (event) return { kind: event.event, time: event.time };
  return { kind: 'junk', id: STORED_ID.exec(line)?.[1] ?? null };
}
