import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import type { Changes } from './disk.ts';
import type { Found } from './inspect.ts';
import { recordSchema } from './record.ts';

/** All that is kept, in memory: what a fresh file is written from. Facts are JSON texts. */
export interface State {
  records: Map<Hash, TorrentRecord>;
  facts: Map<string, string>;
}

/** What has changed since the last write. */
export interface Unsaved {
  records: Set<Hash>;
  facts: Set<string>;
}

/** Understands what was found. `leftOut` counts the rows that it can't: they stay in the file. */
export function parseState(found: Found): { kept: State; leftOut: number } {
  const kept: State = { records: new Map(), facts: new Map() };
  for (const [name, text] of found.records) {
    const { data } = recordSchema.safeParse(parse(text));
    if (data?.key === name) kept.records.set(name, data);
  }
  for (const [text, value] of found.facts) {
    const name = parse(text);
    if (typeof name === 'string' && parse(value) !== undefined) kept.facts.set(name, value);
  }
  const read = kept.records.size + kept.facts.size;
  return { kept, leftOut: found.records.size + found.facts.size - read };
}

/** All that is kept, and what was removed but is still in an old file. */
export function addAll(unsaved: Unsaved, { records, facts }: State): Unsaved {
  return {
    records: new Set([...records.keys(), ...unsaved.records]),
    facts: new Set([...facts.keys(), ...unsaved.facts]),
  };
}

/** The rows of what has changed. */
export function changesOf({ records, facts }: State, unsaved: Unsaved): Changes {
  return {
    records: new Map(Array.from(unsaved.records, (key) => [key, toText(records.get(key)) ?? null])),
    // JSON holds what SQLite's text does not: half a surrogate pair.
    facts: new Map(Array.from(unsaved.facts, (name) => [JSON.stringify(name), facts.get(name) ?? null])),
  };
}

/** `undefined` for what JSON can't hold. */
export function toText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** `undefined` for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
