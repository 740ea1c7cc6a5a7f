import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { refuse, type ServerContext } from './base.ts';
import { createSlots } from './limits.ts';
import { streamOf } from './pieces.ts';

/** Long answers that are made at once, of each kind. */
const MAX_LONG_ANSWERS = 4;

/** Answers with pieces of text. */
export type LongAnswers = (c: ServerContext, type: string, pieces: () => Iterator<string>) => Response;

/**
 * Answers in pieces, each made when the client has taken the one before. Only so many such answers are made at once;
 * beyond, the client is told to ask again. What is short is sent at once and always.
 */
export function longAnswers(log: Logger): LongAnswers {
  const slots = createSlots(MAX_LONG_ANSWERS);
  return (c, type, start) => {
    const headers = { 'Content-Type': type };
    const pieces = start();
    const first = pieces.next();
    const second = first.done === true ? first : pieces.next();
    if (second.done === true) return c.body(first.done === true ? '' : first.value, 200, headers);
    // Hono answers HEAD by GET: nobody would ever read that body.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    const release = slots.take();
    if (release === null)
      return refuse(c, 503, 'Too many ask for this at once. Ask again.', { 'Retry-After': '1' });
    const fail = (error: unknown) => {
      release();
      logBug(log, 'an answer broke off', error);
      // The status is sent: only a broken connection says that the rest is missing.
      c.env.outgoing?.destroy();
    };
    return c.body(streamOf(chain(first.value, second.value, pieces), { end: release, fail }), 200, headers);
  };
}

function* chain(first: string, second: string, rest: Iterator<string>): Generator<string> {
  yield first;
  yield second;
  yield* { [Symbol.iterator]: () => rest };
}
