import { MAX_SEARCH_LENGTH } from '../store/history.ts';
import type { HistoryQuery } from '../store/history.ts';

/** Entries of an answer, by default and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/**
 * Reads the parameters of `/history`: `search`, `limit` (1 to 1000, default 100) and `before` (the `next` of an earlier
 * answer). A string is what is wrong, for users, without the value.
 */
export function readHistoryQuery({
  search = '',
  limit = `${DEFAULT_LIMIT}`,
  before = '',
}: Record<string, string | undefined>): HistoryQuery | string {
  const [, at, hash, end] = /^(\d{1,15})-([0-9a-f]{40})-(complete|removed)$/.exec(before) ?? [];
  const position =
    hash === undefined
      ? null
      : ({ at: Number(at), hash, end: end === 'removed' ? end : 'complete' } as const);
  const entries = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : Infinity;
  if (search.length > MAX_SEARCH_LENGTH) return `search must have at most ${MAX_SEARCH_LENGTH} characters.`;
  if (entries > MAX_LIMIT) return `limit must be a whole number from 1 to ${MAX_LIMIT}.`;
  if (before !== '' && position === null) return 'before must be the value of "next" in an earlier answer.';
  return { search, limit: entries, before: position };
}
