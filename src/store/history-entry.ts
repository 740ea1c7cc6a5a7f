/** An entry of the history, as it is stored: a torrent that completed or was removed. */
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import type { End } from '../../machines/torrent/types.ts';
import type { EndedTorrent, NothingSent } from '../../machines/supervisor/ended.ts';
import { cleanText } from '../format/text.ts';
import { digestId } from './digest-schema.ts';

/** A row of the history. Names are columns of their own, so that SQLite's tools can read them. */
export interface HistoryRow {
  at: number;
  hash: string;
  end: End;
  name: string | null;
  category: string | null;
  /** The rest, as JSON. */
  value: string;
  crc: number;
}

/** UTF-16 units of a stored name, category or rule. */
const MAX_TEXT_LENGTH = 300;

/** One line without control characters: SQLite's text cannot represent half a surrogate pair, and ends at a NUL. */
const cut = (text: string | null): string | null =>
  text === null ? null : cleanText(text.slice(0, MAX_TEXT_LENGTH));

/** The row of an entry. */
export function rowOf({ at, hash, end, name, category, ...rest }: EndedTorrent): HistoryRow {
  const key = rest.key === hash ? {} : { key: rest.key };
  const { size, downloaded, duration, card, reason } = rest;
  const value = JSON.stringify({
    ...key,
    end,
    size,
    downloaded,
    duration,
    rule: cut(rest.rule),
    card,
    reason,
  });
  const row = { at: Math.max(0, Math.trunc(at)), hash, end, name: cut(name), category: cut(category), value };
  return { ...row, crc: checksumOf(row) };
}

/** Of any type: a damaged row may contain anything. */
type Columns = Readonly<Record<Exclude<keyof HistoryRow, 'crc'>, unknown>>;

const checksumOf = ({ at, hash, end, name, category, value }: Columns): number =>
  crc32(JSON.stringify([at, hash, end, name, category, value]));

const ENDS = { complete: 'complete', removed: 'removed' } as const satisfies Record<End, End>;
const REASONS = {
  rule: 'rule',
  existing: 'existing',
  removal: 'removal',
} as const satisfies Record<NothingSent, NothingSent>;

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const text = z.string().max(MAX_TEXT_LENGTH).nullable();
const amount = z.number().nonnegative().catch(0);

const entry = z.object({
  key: hash.optional(),
  hash,
  // The last second that a date can have.
  at: z.int().nonnegative().max(8.64e12),
  end: z.enum(ENDS),
  name: text,
  category: text,
  size: amount,
  downloaded: amount,
  duration: z.number().nonnegative().nullable().catch(null),
  rule: text.catch(null),
  card: z
    .union([z.literal('own'), digestId])
    .nullable()
    .catch(null),
  reason: z.enum(REASONS).nullable().catch(null),
});

/** The entry of a row as SQLite returns it, with whole numbers as `bigint`; `null` if it is not what was written. */
export function entryOf(row: Readonly<Record<string, unknown>>): EndedTorrent | null {
  const { hash, end, name, category, value } = row;
  const read = { at: Number(row['at']), hash, end, name, category };
  if (typeof value !== 'string' || checksumOf({ ...read, value }) !== Number(row['crc'])) return null;
  const { data } = entry.safeParse({ ...parse(value), ...read });
  return data === undefined ? null : { ...data, key: data.key ?? data.hash };
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
