import { setImmediate as others } from 'node:timers/promises';
import { ofetch } from 'ofetch';
import type { Failure, Result } from '../machines/types.ts';

/** An answer that arrived whole, whatever its status. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Record<string, string>;
  /** A form is sent urlencoded; a string as it is. Neither is chunked: qBittorrent understands no chunks. */
  body?: URLSearchParams | string;
  /** Aborts the request; its own time limit holds beside it. */
  signal?: AbortSignal;
  /** Milliseconds until the whole answer has to be there. Default: 10 000. */
  timeout?: number;
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
  const { timeout = TIMEOUT, maxBytes = MAX_BYTES, signal, take, ...rest } = options;
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await ofetch.raw(url, {
      ...rest,
      retry: 0,
      redirect: 'manual',
      responseType: 'stream',
      ignoreResponseError: true,
      // ofetch ignores its own `timeout` beside a signal, and never applies it to the body.
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const text = await readText(response.body, maxBytes, response.ok ? take : undefined);
    if (text === null) return failed('protocol', `${hostOf(url)} sent more than ${maxBytes} bytes`);
    return { ok: true, value: { status: response.status, headers: response.headers, text } };
  } catch (error) {
    return failed('unreachable', reasonOf(error, hostOf(url), timeout));
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

/** The text of a body, or nothing where somebody takes it; `null` where there is too much of it. */
async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  take?: (piece: string) => void,
): Promise<string | null> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    const piece = decoder.decode(chunk, { stream: true });
    if (take === undefined) text += piece;
    else {
      take(piece);
      await others();
    }
  }
  const last = decoder.decode();
  take?.(last);
  return take === undefined ? text + last : text;
}

const REASONS: Record<string, (host: string) => string> = {
  ECONNREFUSED: (host) => `nothing listens on ${host}`,
  ENOTFOUND: (host) => `${host} is no known name`,
  EAI_AGAIN: (host) => `the name of ${host} can't be looked up now`,
  ECONNRESET: (host) => `${host} closed the connection`,
  UND_ERR_SOCKET: (host) => `${host} closed the connection`,
  EHOSTUNREACH: (host) => `no way to ${host}`,
  ENETUNREACH: (host) => `no way to ${host}`,
};

/** The messages of fetch hold the whole URL: only the code of the innermost cause is used. */
function reasonOf(error: unknown, host: string, timeout: number): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'TimeoutError') return `${host} did not answer within ${timeout / 1000} s`;
    const code = 'code' in cause ? String(cause.code) : '';
    const reason = REASONS[code];
    if (reason !== undefined) return reason(host);
    if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/.test(code)) {
      return `the certificate of ${host} is not accepted (${code})`;
    }
  }
  return `${host} could not be reached`;
}
