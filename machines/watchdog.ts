/** Milliseconds after which a request without an answer fails; the requests in `src/` use this limit. */
export const TIMEOUT = 10_000;

/** The same for the list of all torrents: qBittorrent sends its first byte only when the whole list is ready. */
export const LIST_TIMEOUT = 60_000;

/** A streamed answer may take so many times the timeout in all. */
export const TIMEOUTS_PER_STREAM = 10;

/** Milliseconds within which a request of a service settles, with all HTTP requests that it consists of. */
const MAX_DURATION = {
  /** Password, version, and the page that distinguishes a refused Host header from a refused password. */
  login: 3 * TIMEOUT,
  observe: TIMEOUTS_PER_STREAM * TIMEOUT,
  settings: TIMEOUT,
  list: TIMEOUTS_PER_STREAM * LIST_TIMEOUT,
  newest: TIMEOUTS_PER_STREAM * TIMEOUT,
  /** Four filters. */
  scan: 4 * TIMEOUTS_PER_STREAM * TIMEOUT,
  /** Read, written, and read again. */
  ensure: 3 * TIMEOUT,
  /** Of two cards that are deleted, each in three ways. */
  publish: 6 * TIMEOUT,
  allowance: TIMEOUT,
  support: TIMEOUT,
  /** The torrent is looked up first, and what may be deleted in the list of all torrents. */
  command: TIMEOUTS_PER_STREAM * TIMEOUT + LIST_TIMEOUT,
} as const;

export type RequestName = keyof typeof MAX_DURATION;

/** Milliseconds until a request counts as hung: three times its maximum duration. The service then crashes. */
export const overdueAfter = (request: RequestName): number => 3 * MAX_DURATION[request];

/** A request that neither succeeded nor failed: a bug, since each request has its own time limit. */
export class OverdueError extends Error {
  override name = 'OverdueError';

  constructor(request: RequestName) {
    super(`${request} has not settled within ${overdueAfter(request) / 1000} s`);
  }
}

/** Throws, so that the service counts as crashed. */
export function failOverdue(request: RequestName): never {
  throw new OverdueError(request);
}
