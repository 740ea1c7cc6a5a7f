import { parseJson } from '../http/request.ts';

/** Reads a JSON array in pieces. */
export interface ListReader {
  /** Adds the next piece of the text, and emits the entries that are complete. */
  push(piece: string): void;
  /** Whether the text is one complete array. */
  isWhole(): boolean;
  /** Whether the text cannot become an array. */
  isBroken(): boolean;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Characters of one entry; a torrent has 1,400. */
const MAX_ENTRY_LENGTH = 1_048_576;

/**
 * For thousands of torrents the text has megabytes, and the result of `JSON.parse` many more. This reader stores one entry
 * at a time: it finds the end of the entry, and `JSON.parse` parses it. Streaming JSON libraries parse character by
 * character in JavaScript, which takes thirteen times as long (docs/benchmarks.md).
 *
 * @example
 * const reader = createListReader((entry) => entries.push(entry));
 */
export function createListReader(onEntry: (entry: unknown) => void): ListReader {
  let state: 'before' | 'within' | 'after' | 'broken' = 'before';
  /** The incomplete entry at the end of the text, and how far it was scanned. */
  let rest = '';
  let position: Position = START;
  let entries = 0;

  function emit(text: string): boolean {
    const entry = parseJson(text);
    if (entry === undefined) return false;
    onEntry(entry);
    entries += 1;
    return true;
  }

  /** Emits the complete entries of a text within the array; returns where the rest starts. */
  function emitAll(text: string): number {
    let from = 0;
    while (state === 'within') {
      let end = position.at === from ? likelyEnd(text, from) : -1;
      if (end === -1 || !emit(text.slice(from, end))) {
        position = entryEnd(text, position);
        if (!position.isEnd) break;
        end = position.at;
        const isEmpty = position.depth < 0 && entries === 0 && text.slice(from, end).trim() === '';
        if (!isEmpty && !emit(text.slice(from, end))) state = 'broken';
        else if (position.depth < 0) state = text[end] === ']' ? 'after' : 'broken';
      }
      from = end + 1;
      position = { ...START, at: from };
    }
    position = { ...position, at: position.at - from };
    return from;
  }

  return {
    push(piece) {
      let text = rest + piece;
      if (state === 'before') {
        text = text.trimStart();
        if (text !== '') state = text.startsWith('[') ? 'within' : 'broken';
        text = text.slice(1);
      }
      if (state === 'within') text = text.slice(emitAll(text));
      if (state === 'after' && text.trim() !== '') state = 'broken';
      rest = state === 'within' ? text : '';
      if (rest.length > MAX_ENTRY_LENGTH) state = 'broken';
    },
    isWhole: () => state === 'after',
    isBroken: () => state === 'broken',
  };
}

interface Position {
  at: number;
  /** Nesting of brackets and braces within the entry; below 0 at the end of the array. */
  depth: number;
  isEnd: boolean;
}

const START: Position = { at: 0, depth: 0, isEnd: false };

/**
 * The likely end of an object that is followed by another one. If the text before it is valid JSON, it is the end: no JSON
 * value is a prefix of another object.
 */
function likelyEnd(text: string, from: number): number {
  const end = text.indexOf('},{', from);
  return end === -1 ? -1 : end + 1;
}

/** Scans for the end of the entry. Returns the position of the end, or where to continue with the next piece. */
function entryEnd(text: string, { at, depth }: Position): Position {
  for (; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = quoteEnd(text, at);
      if (end === -1) break;
      at = end;
    } else if (sign === LIST || sign === OBJECT) depth += 1;
    else if (sign === COMMA && depth === 0) return { at, depth, isEnd: true };
    else if (sign === LIST_END || sign === OBJECT_END) depth -= 1;
    if (depth < 0) return { at, depth, isEnd: true };
  }
  return { at, depth, isEnd: false };
}

/** The end of the string that starts here: a quote that is not escaped. -1: not in this text. */
function quoteEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return -1;
}
