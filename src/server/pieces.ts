/** Long responses, created while they are read: none is in memory as a whole. */
import { nextTurn } from './turns.ts';

/** Characters of a piece, approximately. */
const PIECE_LENGTH = 32_768;

/** Of the first two pieces, which are created before it is known whether the response is long. */
const FIRST_PIECE_LENGTH = 4096;

/**
 * An object as JSON, in pieces. Iterables in it are written as arrays, and their items are read only when their piece is
 * requested.
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

/** Joins short texts into pieces. */
export function* joinToPieces(texts: Iterable<string>): Generator<string> {
  let pieces = 0;
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < (pieces < 2 ? FIRST_PIECE_LENGTH : PIECE_LENGTH)) continue;
    yield piece;
    pieces += 1;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** One of these is called at the end of a body: it was read, cancelled by its reader, or failed. */
export interface OnEnd {
  end: () => void;
  fail: (error: unknown) => void;
}

/**
 * A body that creates each piece when the one before was passed to the socket; other work runs between two pieces.
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
