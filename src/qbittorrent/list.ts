import type { Result } from '../../machines/domain.ts';
import { err } from '../http/request.ts';
import { failureOfStatus } from './connection.ts';
import type { Connection } from './connection.ts';
import { createListReader } from './list-reader.ts';

/** The lists of qBittorrent, by what is in them. */
const PATHS = { torrents: 'torrents/info', files: 'torrents/files' } as const;

/** What is requested, and what is kept of it. */
export interface Reading<Entry> {
  form: Record<string, string>;
  /** The value of an entry; `null`: the entry is skipped. Must not throw. */
  read: (entry: unknown) => Entry | null;
  /** Entries that are kept; the ones after them are skipped. Default: 100,000. */
  max?: number;
  /** As in `Stream`. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Characters that are parsed before other events are processed: about a millisecond of work. */
const PIECE = 12_288;

/** Lets other events be processed. */
const nextTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

/** Entries of one answer: far more than `MAX_TRACKED`, and 50 MB. */
const MAX_ENTRIES = 100_000;

/**
 * Reads a list. Always a POST: a long list of hashes does not fit in a
 * URL. The files of a torrent that does not exist are an empty list. Needs a session.
 */
export async function readList<Entry>(
  { call, host }: Connection,
  what: keyof typeof PATHS,
  { form, read, max = MAX_ENTRIES, timeout, signal }: Reading<Entry>,
): Promise<Result<Entry[]>> {
  const found: Entry[] = [];
  const reader = createListReader((entry) => {
    const value = found.length < max ? read(entry) : null;
    if (value !== null) found.push(value);
  });
  const abort = new AbortController();
  const take = async (piece: string): Promise<void> => {
    for (let from = 0; from < piece.length; from += PIECE) {
      if (from > 0) await nextTurn();
      reader.push(piece.slice(from, from + PIECE));
      // The rest of the answer may never end.
      if (reader.isBroken()) return abort.abort();
    }
  };
  const signals = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
  const stream = timeout === undefined ? { take } : { take, timeout };
  const reply = await call(PATHS[what], form, signals, stream);
  if (reader.isBroken()) return err('protocol', `${host} sent no list of ${what}`);
  if (!reply.ok) return reply;
  if (what === 'files' && reply.value.status === 404) return { ok: true, value: [] };
  const refusal = failureOfStatus(reply.value, host);
  if (refusal !== null) return refusal;
  return reader.isWhole() ? { ok: true, value: found } : err('protocol', `${host} sent no list of ${what}`);
}
