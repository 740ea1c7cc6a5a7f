import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { refuse, type ServerContext } from './base.ts';
import { createSlots } from './limits.ts';
import { streamOf } from './pieces.ts';

/** Long responses at the same time, of each kind. */
const MAX_LONG_ANSWERS = 4;

/** Responds with pieces of text. */
export type LongAnswers = (c: ServerContext, type: string, pieces: () => Iterator<string>) => Response;

/**
 * Responds in pieces, each created when the client has received the one before. Beyond `MAX_LONG_ANSWERS` responses at
 * the same time, the answer is 503 with Retry-After. Short responses are not limited.
 */
export function createLongAnswers(log: Logger): LongAnswers {
  const slots = createSlots(MAX_LONG_ANSWERS);
  return (c, type, start) => {
    const headers = { 'Content-Type': type };
    const pieces = start();
    const first = pieces.next();
    const second = first.done === true ? first : pieces.next();
    if (second.done === true) return c.body(first.done === true ? '' : first.value, 200, headers);
    // Hono answers HEAD with the handler of GET, whose body is never read.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    const release = slots.take();
    if (release === null)
      return refuse(c, 503, 'Too many requests for this at the same time. Try again.', {
        'Retry-After': '1',
      });
    const fail = (error: unknown) => {
      release();
      logBug(log, 'a response was interrupted', error);
      // The status has been sent: only closing the connection shows that the rest is missing.
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
