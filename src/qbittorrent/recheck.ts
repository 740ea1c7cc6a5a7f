import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { DEFAULT_COMPLETION } from '../../machines/domain.ts';
import type { Hash, Result } from '../../machines/domain.ts';
import { createBoundedMap } from '../util/bounded-map.ts';
import { isUnknownPath, resultOf } from './connection.ts';
import type { Connection } from './connection.ts';
import { readList } from './list.ts';

/** Milliseconds after a request for a check until the torrent's state shows it. */
const SETTLE_TIME = DEFAULT_COMPLETION.settlesIn;

/** Torrents whose last check is remembered. */
const MAX_REMEMBERED = 1000;

const stateSchema = z.object({ hash: z.string().toLowerCase(), state: z.string() });

const DONE: Result<null> = { ok: true, value: null };

/**
 * Creates the function that checks the files of a torrent. A torrent that does not exist is a success.
 *
 * If a second check is requested while one runs, neither ends until the torrent is stopped and started (measured on 4.5.2,
 * 5.1.0 and 5.3.0): a torrent that is being checked is a success without a request. Its state shows a check only after
 * qBittorrent has refreshed it. So that time must have passed since the last request, and since the start of this process,
 * because an earlier one may have sent a request.
 */
export function createRecheck(connection: Connection) {
  const { call, host } = connection;
  const requestedAt = createBoundedMap<Hash, number>(MAX_REMEMBERED);
  const startedAt = performance.now();
  const post = (name: string, hash: Hash, signal?: AbortSignal) =>
    call(`torrents/${name}`, { hashes: hash }, signal);

  return async (hash: Hash, signal?: AbortSignal): Promise<Result<null>> => {
    let state = await readState(connection, hash, signal);
    while (isCheckable(state)) {
      const left = (requestedAt.get(hash) ?? startedAt) + SETTLE_TIME - performance.now();
      if (left <= 0) break;
      // After an abort, the next request fails.
      await sleep(left, undefined, { signal }).catch(() => {});
      state = await readState(connection, hash, signal);
    }
    if (!state.ok) return state;
    if (!isCheckable(state)) return DONE;
    requestedAt.set(hash, performance.now());
    const result = resultOf(await post('recheck', hash, signal), host);
    if (!result.ok || state.value !== 'missingFiles') return result;
    // In 4.x the check of missing files begins only with a resume (qBittorrent#20747). A paused torrent is paused after it.
    const resumed = await post('resume', hash, signal);
    return isUnknownPath(resumed) ? DONE : resultOf(resumed, host);
  };
}

/** Whether the torrent exists and is not being checked. */
const isCheckable = (state: Result<string | null>): boolean =>
  state.ok && state.value !== null && !/^checking|^queuedForChecking$/.test(state.value);

/** The state in qBittorrent; `null`: there is no such torrent. */
async function readState(
  connection: Connection,
  hash: Hash,
  signal?: AbortSignal,
): Promise<Result<string | null>> {
  const read = await readList(connection, 'torrents', {
    form: { hashes: hash },
    read(entry) {
      const parsed = stateSchema.safeParse(entry);
      return parsed.success && parsed.data.hash === hash ? parsed.data.state : null;
    },
    signal,
  });
  return read.ok ? { ok: true, value: read.value[0] ?? null } : read;
}
