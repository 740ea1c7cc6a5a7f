import { createFetch } from 'ofetch';
import type { Failure, Result } from '../machines/types.ts';
import { AnswerError, exchange } from './exchange.ts';

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
  /** Milliseconds until the whole answer has to be there. Default: 10 000. */
  timeout?: number;
  /** Keeps the connection a moment for the next request. Default: `false`. */
  keep?: boolean;
  /** Bytes that an answer may have. Default: 64 KiB. */
  maxBytes?: number;
  /**
   * Takes the text of a good answer (2xx) piece by piece, and leaves `Reply.text` empty: a large one is never held
   * whole, and between two pieces others get their turn. Must not throw.
   */
  take?: (piece: string) => void;
}

const TIMEOUT = 10_000;
const MAX_BYTES = 65_536;

/**
 * One request, no retry (a retry is a state on a chart), no redirect followed (a POST would arrive as a GET).
 * Never throws: what keeps an answer away comes back as `unreachable` or `protocol`, and no message holds more of the
 * URL than its host.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Result<Reply>> {
  const { timeout = TIMEOUT, maxBytes = MAX_BYTES, keep = false, signal, take, ...rest } = options;
  const limit = new AbortController();
  // Not `AbortSignal.timeout`, whose timer goes on when the answer is there.
  const timer = setTimeout(() => limit.abort(), timeout);
  const terms = { keep, maxBytes, take };
  const fetch = (input: unknown, init: RequestInit = {}) => exchange(String(input), init, terms);
  try {
    const { status, headers, _data } = await createFetch({ fetch }).raw<string, 'text'>(url, {
      ...rest,
      retry: 0,
      responseType: 'text',
      ignoreResponseError: true,
      signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
    });
    return { ok: true, value: { status, headers, text: _data ?? '' } };
  } catch (error) {
    const host = hostOf(url);
    const cause = error instanceof Error ? error.cause : null;
    if (cause instanceof AnswerError) return failed('protocol', `${host} ${cause.message}`);
    if (limit.signal.aborted)
      return failed('unreachable', `${host} did not answer within ${timeout / 1000} s`);
    return failed('unreachable', reasonOf(error, host));
  } finally {
    clearTimeout(timer);
  }
}

/** Parses JSON; `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function failed(kind: Failure['kind'], message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { kind, message } };
}

/** The host and port of a URL: what a message may name. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}

const REASONS: Record<string, (host: string) => string> = {
  ECONNREFUSED: (host) => `nothing listens on ${host}`,
  ENOTFOUND: (host) => `${host} is no known name`,
  EAI_AGAIN: (host) => `the name of ${host} can't be looked up now`,
  ECONNRESET: (host) => `${host} closed the connection`,
  ERR_STREAM_PREMATURE_CLOSE: (host) => `${host} closed the connection`,
  EHOSTUNREACH: (host) => `no way to ${host}`,
  ENETUNREACH: (host) => `no way to ${host}`,
};

/** The messages of ofetch hold the whole URL: only the code of the innermost cause is used. */
function reasonOf(error: unknown, host: string): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    const reason = REASONS[code];
    if (reason !== undefined) return reason(host);
    if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/.test(code)) {
      return `the certificate of ${host} is not accepted (${code})`;
    }
  }
  return `${host} could not be reached`;
}
