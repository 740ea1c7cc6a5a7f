/** Milliseconds after which a request without an answer fails; those that are made in `src/` keep to it. */
export const TIMEOUT = 10_000;

/** The same for the list of all torrents: before its first byte qBittorrent has made all of it. */
export const LIST_TIMEOUT = 60_000;

/** An answer that is read piece by piece may take so many times the timeout in all. */
export const WHOLE = 10;

/** Milliseconds within which a request of a service has settled, with all HTTP requests that it consists of. */
const SETTLED = {
  /** Password, version, and the page that tells a refused Host header from a refused password. */
  login: 3 * TIMEOUT,
  observe: WHOLE * TIMEOUT,
  settings: TIMEOUT,
  list: WHOLE * LIST_TIMEOUT,
  newest: WHOLE * TIMEOUT,
  /** Four filters. */
  scan: 4 * WHOLE * TIMEOUT,
  /** Read, written, and read again. */
  ensure: 3 * TIMEOUT,
  /** Of two cards that are deleted, each in three ways. */
  publish: 6 * TIMEOUT,
  allowance: TIMEOUT,
} as const;

export type RequestName = keyof typeof SETTLED;

/** Milliseconds until a request counts as hung: three times what it may take. The service crashes then. */
export const overdueAfter = (request: RequestName): number => 3 * SETTLED[request];

/** A request that neither succeeded nor failed: a bug, since each of them has a time limit of its own. */
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
