import { parseJson } from '../http/request.ts';

/** Reads a list in JSON piece by piece, as it comes. */
export interface ListReader {
  /** Takes the next piece of the text, and hands over each entry that is whole now. */
  push(piece: string): void;
  /** Whether what came is one list from its first sign to its last. */
  isWhole(): boolean;
  /** Whether what came is no list, whatever may follow. */
  isBroken(): boolean;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Characters that one entry may have; a torrent has 1,400. */
const MAX_ENTRY_LENGTH = 1_048_576;

/**
 * Of thousands of torrents the text has megabytes, and what `JSON.parse` makes of all of it many more. This holds one
 * entry at a time, and only finds where it ends: what it is, `JSON.parse` says. Libraries that read JSON as it comes
 * do so sign by sign in JavaScript, and take thirteen times as long (docs/benchmarks.md).
 *
 * @example
 * const reader = createListReader((entry) => entries.push(entry));
 */
export function createListReader(onEntry: (entry: unknown) => void): ListReader {
  let state: 'before' | 'within' | 'after' | 'broken' = 'before';
  /** What came of the entry that is not whole yet, and how far it was looked at. */
  let rest = '';
  let place: Place = START;
  let entries = 0;

  function hand(text: string): boolean {
    const entry = parseJson(text);
    if (entry === undefined) return false;
    onEntry(entry);
    entries += 1;
    return true;
  }

  /** Hands over what is whole of a text within the list; returns where the rest begins. */
  function handAll(text: string): number {
    let from = 0;
    while (state === 'within') {
      let end = place.at === from ? likelyEnd(text, from) : -1;
      if (end === -1 || !hand(text.slice(from, end))) {
        place = entryEnd(text, place);
        if (!place.isEnd) break;
        end = place.at;
        const isEmpty = place.depth < 0 && entries === 0 && text.slice(from, end).trim() === '';
        if (!isEmpty && !hand(text.slice(from, end))) state = 'broken';
        else if (place.depth < 0) state = text[end] === ']' ? 'after' : 'broken';
      }
      from = end + 1;
      place = { ...START, at: from };
    }
    place = { ...place, at: place.at - from };
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
      if (state === 'within') text = text.slice(handAll(text));
      if (state === 'after' && text.trim() !== '') state = 'broken';
      rest = state === 'within' ? text : '';
      if (rest.length > MAX_ENTRY_LENGTH) state = 'broken';
    },
    isWhole: () => state === 'after',
    isBroken: () => state === 'broken',
  };
}

interface Place {
  at: number;
  /** Of brackets and braces within the entry; below 0 at the end of the list. */
  depth: number;
  isEnd: boolean;
}

const START: Place = { at: 0, depth: 0, isEnd: false };

/**
 * Where it ends if it is an object whose texts do not look like the end of one, and another object follows. If what is
 * before it is JSON, it is the end: no JSON begins with another.
 */
function likelyEnd(text: string, from: number): number {
  const end = text.indexOf('},{', from);
  return end === -1 ? -1 : end + 1;
}

/** Where the entry ends, looked for from a place on; a place to go on from where the end is still to come. */
function entryEnd(text: string, { at, depth }: Place): Place {
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

/** Where a text in quotes ends that begins here: at a quote that no backslash makes a part of it. -1: not yet. */
function quoteEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return -1;
}
