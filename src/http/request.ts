import { createFetch } from 'ofetch';
import { TIMEOUT, TIMEOUTS_PER_STREAM } from '../../machines/watchdog.ts';
import type { Failure, FailureReason, Result } from '../../machines/domain.ts';
import type { Proxy } from '../config/proxy.ts';
import { AnswerError, httpRequest } from './transport.ts';
import { failureOf, proxyUnauthorized } from './failure.ts';

/** An answer that arrived whole, whatever its status. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Record<string, string>;
  /** Never chunked: qBittorrent understands no chunks. */
  body?: string;
  /** Aborts the request; its own time limit holds beside it. */
  signal?: AbortSignal;
  /**
   * Milliseconds until the whole answer has to be there; with `take`, milliseconds of silence, and the whole answer may
   * take ten times as long. Default: 10 000.
   */
  timeout?: number;
  /** Keeps the connection a moment for the next request. Default: `false`. */
  keep?: boolean;
  /** Bytes that an answer may have, decompressed. Default: 64 KiB. */
  maxBytes?: number;
  /**
   * Takes the text of a good answer (2xx) piece by piece, and leaves `Reply.text` empty: a large one is never held
   * whole, and between two pieces others get their turn. Must not throw.
   */
  take?: (piece: string) => void;
  /**
   * A good status (2xx) is the answer, even if its body is cut off, too large, can't be decompressed or never ends;
   * `Reply.text` is empty then. For what must not be repeated. Default: `false`.
   */
  statusSuffices?: boolean;
  /** Only what lies outside is reached through a proxy. Default: `null`, directly. */
  proxy?: Proxy | null | undefined;
}

const MAX_BYTES = 65_536;

/**
 * One request, no retry (a retry is a state on a chart), no redirect followed (a POST would arrive as a GET).
 * What keeps an answer away comes back as `unreachable` or `protocol`, and no message holds more of the URL than its
 * host. What is thrown is a bug.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Result<Reply>> {
  const {
    timeout = TIMEOUT,
    maxBytes = MAX_BYTES,
    keep = false,
    signal,
    take,
    statusSuffices = false,
    proxy = null,
    ...rest
  } = options;
  const limit = new AbortController();
  // Not `AbortSignal.timeout`, whose timer goes on when the answer is there.
  const silence = createTimer(timeout, () => limit.abort());
  const whole = take && createTimer(TIMEOUTS_PER_STREAM * timeout, () => limit.abort());
  const taken = take && afterwards(take, () => silence.restart());
  const terms = { keep, maxBytes, take: taken, statusSuffices, proxy };
  const fetch = (input: unknown, init: RequestInit = {}) => httpRequest(String(input), init, terms);
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
      return err('unreachable', `${host} did not answer within ${timeout / 1000} s${through}`, 'timeout');
    }
    return { ok: false, failure: failureOf(error, host, proxy) };
  } finally {
    silence.end();
    whole?.end();
  }
}

/** A timer that begins anew with each `restart`, until it has ended. */
function createTimer(ms: number, act: () => void) {
  let timer: NodeJS.Timeout | null = setTimeout(act, ms);
  return {
    restart() {
      if (timer === null) return;
      clearTimeout(timer);
      timer = setTimeout(act, ms);
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

const afterwards = (take: (piece: string) => void, heard: () => void) => (piece: string) => {
  take(piece);
  heard();
};

/** Parses JSON; `undefined` where it is none. */
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

/** The host and port of a URL: what a message may name. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}
