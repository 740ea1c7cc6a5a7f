/** Long answers, made while they are read: none is in memory as a whole. */
import { nextTurn } from './turns.ts';

/** Characters of a piece, about. */
const PIECE = 32_768;

/** The same of the first two, which are made before it is known whether the answer is a long one. */
const FIRST_PIECE = 4096;

/**
 * An object as JSON, in pieces. Iterables in it are written as arrays, and each of their items is asked for only when
 * its piece is.
 *
 * @example
 * jsonPieces({ torrents: eachTorrent(supervisor), store: store.health });
 */
export const jsonPieces = (value: Readonly<Record<string, unknown>>): Generator<string> =>
  joinToPieces(jsonTexts(value));

function* jsonTexts(value: Readonly<Record<string, unknown>>): Generator<string> {
  let separator = '{';
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (isIterable(part)) yield* jsonItems(part);
    else yield JSON.stringify(part);
  }
  yield separator === '{' ? '{}' : '}';
}

function* jsonItems(items: Iterable<unknown>): Generator<string> {
  let separator = '[';
  for (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

/** Joins short texts to pieces. */
export function* joinToPieces(texts: Iterable<string>): Generator<string> {
  let pieces = 0;
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < (pieces < 2 ? FIRST_PIECE : PIECE)) continue;
    yield piece;
    pieces += 1;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Hears of the end of a body, once: it was read, given up by its reader, or could not be made. */
export interface OnEnd {
  end: () => void;
  fail: (error: unknown) => void;
}

/**
 * A body that makes each piece when the one before is on its way to the client; between two of them others have their
 * turn.
 */
export function streamOf(pieces: Iterator<string>, { end, fail }: OnEnd): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await nextTurn();
        if (isCancelled) return;
        try {
          const { done, value } = pieces.next();
          if (done !== true) return controller.enqueue(encoder.encode(value));
          controller.close();
          end();
        } catch (error) {
          fail(error);
        }
      },
      cancel() {
        isCancelled = true;
        pieces.return?.();
        end();
      },
    },
    { highWaterMark: 0 },
  );
}
