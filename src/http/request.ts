import { createFetch } from 'ofetch';
import { TIMEOUT, TIMEOUTS_PER_STREAM } from '../../machines/watchdog.ts';
import type { Failure, FailureReason, Result } from '../../machines/domain.ts';
import type { Proxy } from '../config/proxy.ts';
import { AnswerError, httpRequest } from './transport.ts';
import type { Take } from './transport.ts';
import { failureOf, proxyUnauthorized } from './failure.ts';

/** A complete response, whatever its status. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Record<string, string>;
  /** Never chunked: qBittorrent does not support it. */
  body?: string;
  /** Aborts the request, in addition to its timeout. */
  signal?: AbortSignal;
  /**
   * Milliseconds for the whole response; with `take`, milliseconds for the first piece and for each 16 KiB after it, and
   * ten times as long for the whole response. Default: 10 000.
   */
  timeout?: number;
  /** Leaves the connection open for the next request. Default: `false`. */
  keep?: boolean;
  /** Maximum size of the response in bytes, decompressed. Default: 64 KiB. */
  maxBytes?: number;
  /**
   * Receives the text of a successful response (2xx) in pieces, and leaves `Reply.text` empty: a large response is never
   * in memory as a whole, and other work runs between two pieces. Nothing more is read until the promise that it returns
   * is resolved. Must neither throw nor reject.
   */
  take?: Take;
  /**
   * For a response without an end, with `take`: maximum milliseconds between two pieces. `timeout` is then for the first
   * piece only, and nothing limits the whole response. Default: the response has an end.
   */
  silence?: number | undefined;
  /**
   * A success status (2xx) suffices, even if the body is incomplete, too large, cannot be decompressed or never ends;
   * `Reply.text` is empty then. For requests that must not be repeated. Default: `false`.
   */
  statusSuffices?: boolean;
  /** Default: `null`, no proxy. */
  proxy?: Proxy | null | undefined;
}

const MAX_BYTES = 65_536;

/** Characters of a streamed response that must arrive within `timeout`. */
const MIN_PROGRESS = 16_384;

/**
 * Sends one request, without retries (a retry is a state on a chart) and without following redirects (a POST would become
 * a GET). Without a valid response the failure is `unreachable` or `protocol`; messages contain only the host of the URL.
 * Exceptions are bugs.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Result<Reply>> {
  const {
    timeout = TIMEOUT,
    maxBytes = MAX_BYTES,
    keep = false,
    signal,
    take,
    silence,
    statusSuffices = false,
    proxy = null,
    ...rest
  } = options;
  const isEndless = silence !== undefined;
  const limit = new AbortController();
  // Not `AbortSignal.timeout`, whose timer continues after the response.
  const timer = createTimer(timeout, () => limit.abort());
  const whole = take && !isEndless && createTimer(TIMEOUTS_PER_STREAM * timeout, () => limit.abort());
  let isSilent = false;
  const onProgress = () => {
    isSilent = isEndless;
    timer.restart(silence);
  };
  const taken = take && withProgress(take, isEndless ? 0 : MIN_PROGRESS, onProgress);
  const maxSize = isEndless ? Infinity : maxBytes;
  const transport = { keep, maxBytes: maxSize, take: taken, statusSuffices, proxy };
  const fetch = (input: unknown, init: RequestInit = {}) => httpRequest(String(input), init, transport);
  try {
    const { status, headers, _data } = await createFetch({ fetch }).raw<string, 'text'>(url, {
      ...rest,
      retry: 0,
      responseType: 'text',
      ignoreResponseError: true,
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    });
    if (status === 407 && proxy !== null) return { ok: false, failure: proxyUnauthorized(proxy) };
    return { ok: true, value: { status, headers, text: _data ?? '' } };
  } catch (error) {
    const host = hostOf(url);
    const cause = error instanceof Error ? error.cause : null;
    if (cause instanceof AnswerError) return err('protocol', `${host} ${cause.message}`, cause.reason);
    if (limit.signal.aborted) {
      const through = proxy === null ? '' : ` through the proxy ${proxy.host}`;
      const late = isSilent
        ? `sent nothing for ${(silence ?? 0) / 1000} s`
        : `did not answer within ${timeout / 1000} s`;
      return err('unreachable', `${host} ${late}${through}`, 'timeout');
    }
    return { ok: false, failure: failureOf(error, host, proxy) };
  } finally {
    timer.end();
    if (whole) whole.end();
  }
}

/** Calls `onTimeout` after `ms` milliseconds without `restart`, unless `end` was called. */
function createTimer(ms: number, onTimeout: () => void) {
  let timer: NodeJS.Timeout | null = setTimeout(onTimeout, ms);
  return {
    restart(next = ms) {
      if (timer === null) return;
      clearTimeout(timer);
      timer = setTimeout(onTimeout, next);
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** Calls `onProgress` at the first piece, and after each `step` characters. */
function withProgress(take: Take, step: number, onProgress: () => void): Take {
  let remaining = 0;
  return (piece) => {
    const taken = take(piece);
    remaining -= piece.length;
    if (remaining <= 0) {
      remaining = step;
      onProgress();
    }
    return taken;
  };
}

/** Parses JSON; `undefined` if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function err(
  kind: Failure['kind'],
  message: string,
  reason?: FailureReason,
): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind, message, ...(reason === undefined ? {} : { reason }) } };
}

/** The host and port of a URL, which may appear in messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}
