import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline } from 'node:stream';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { createBrotliDecompress, createUnzip, createZstdDecompress } from 'node:zlib';
import type { BrotliDecompress, Unzip, ZstdDecompress } from 'node:zlib';
import { agentFor } from './agents.ts';
import type { Proxy } from '../config/proxy.ts';

/** Receives a piece of a response. Must neither throw nor reject. */
export type Take = (piece: string) => void | Promise<void>;

/** Options that `fetch` does not have. */
export interface TransportOptions {
  /** Whether the connection stays open for another request. */
  keep: boolean;
  /** Maximum size of the response body in bytes, decompressed. */
  maxBytes: number;
  /**
   * Receives the text of a successful response (2xx) in pieces; the text of the response is empty then. The next piece is
   * read when the promise that it returns is resolved.
   */
  take: Take | undefined;
  /** A success status (2xx) suffices, even if the body cannot be read; the text is empty then. */
  statusSuffices: boolean;
  /** `null`: no proxy. */
  proxy: Proxy | null;
}

/** An invalid response. The message continues the name of the host. */
export class AnswerError extends Error {
  override name = 'AnswerError';
  readonly reason: 'answer-too-large' | 'answer-encoded' | 'not-http';

  constructor(message: string, reason: AnswerError['reason']) {
    super(message);
    this.reason = reason;
  }
}

/**
 * A `fetch` over Node's own HTTP client, which does not follow redirects and reads the whole response. For one request
 * every five seconds Node's `fetch` takes twice the time (it connects for each, and creates an error for each connection
 * that it closes), and 14 MB for the WebAssembly of its parser: docs/benchmarks.md.
 *
 * @example
 * createFetch({ fetch: (url, init) => httpRequest(url, init, { keep, maxBytes, take, statusSuffices, proxy }) });
 */
export async function httpRequest(
  url: string,
  init: RequestInit,
  options: TransportOptions,
): Promise<Response> {
  const { signal } = init;
  const aborted = rejectOnAbort(signal);
  const incoming = await Promise.race([send(url, init, options), aborted]);
  const { statusCode: status = 0 } = incoming;
  const isGood = status >= 200 && status < 300;
  const maxBytes = Math.min(options.maxBytes, MAX_ERROR_BYTES);
  const reading = read(incoming, isGood ? options : { ...options, take: undefined, maxBytes });
  const text = await Promise.race([reading, aborted]).catch((error: unknown) => {
    incoming.destroy();
    if (isGood && options.statusSuffices) return '';
    throw error;
  });
  return responseOf(incoming, status, text);
}

/** Rejects when the signal aborts: some responses never cause an event of the request. */
function rejectOnAbort(signal: RequestInit['signal']): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(new Error('aborted'));
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return promise;
}

/** Resolves with the head of the response. */
function send(
  url: string,
  init: RequestInit,
  { keep, proxy }: TransportOptions,
): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const body = typeof init.body === 'string' ? init.body : '';
  const { signal, method = 'GET' } = init;
  const options = {
    method,
    agent: agentFor(url, keep, proxy),
    headers: headersOf(init, body),
    ...(signal ? { signal } : {}),
  };
  const { request } = url.startsWith('https:') ? https : http;
  const outgoing = request(url, options, resolve);
  limitHead(outgoing);
  outgoing
    .on('error', reject)
    .once('upgrade', (_, socket) => {
      socket.destroy();
      reject(new AnswerError('switched to another protocol unexpectedly', 'not-http'));
    })
    .once('close', () => reject(new Error('closed without a response')))
    .end(body);
  return promise;
}

/** Bytes before the body. Node limits headers to 16 KiB, but does not count spaces and early hints. */
const MAX_HEAD_BYTES = 262_144;

/** Aborts a request whose response never reaches its body: endless headers would block the process. */
function limitHead(outgoing: http.ClientRequest): void {
  outgoing.once('socket', (socket) => {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_HEAD_BYTES)
        outgoing.destroy(new AnswerError('sent headers without an end', 'not-http'));
    };
    const end = () => {
      socket.off('data', count);
    };
    socket.on('data', count);
    outgoing.once('response', end).once('close', end);
  });
}

/** Without compression, which takes 5 % of the CPU of a poll. With a length: qBittorrent does not support chunks. */
function headersOf({ headers, method }: RequestInit, body: string): Record<string, string> {
  const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  return {
    'user-agent': 'qbit-ntfy-sidecar',
    'accept-encoding': 'identity',
    ...Object.fromEntries(new Headers(headers)),
    ...length,
  };
}

const DECODERS: Readonly<Record<string, () => Unzip | BrotliDecompress | ZstdDecompress>> = {
  gzip: createUnzip,
  'x-gzip': createUnzip,
  deflate: createUnzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Bytes of an error response, which is always read as a whole. */
const MAX_ERROR_BYTES = 1_048_576;

/** Statuses of a `Response` without a body. */
const STATUSES_WITHOUT_BODY = new Set([204, 205, 304]);

/** The body, decompressed if a proxy compressed it although the request does not accept that. */
async function* decompressed(incoming: http.IncomingMessage): AsyncGenerator<Buffer> {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const isEmpty =
    incoming.headers['content-length'] === '0' || STATUSES_WITHOUT_BODY.has(incoming.statusCode ?? 0);
  if (encoding === 'identity' || isEmpty) return yield* incoming;
  // The name comes from the server: `__proto__` must not match.
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
  if (decoder === undefined) throw new AnswerError('used an unsupported content encoding', 'answer-encoded');
  // A failure is thrown where the decoder is read.
  pipeline(incoming, decoder, () => {});
  try {
    yield* decoder;
  } catch (error) {
    throw isDecoding(error)
      ? new AnswerError('sent a body that cannot be decompressed', 'answer-encoded')
      : error;
  }
}

/** By the codes of zlib, Brotli and Zstandard. */
const isDecoding = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR__ERROR_|ERR_BROTLI|ZSTD_)/.test(String(error.code));

async function read(incoming: http.IncomingMessage, { maxBytes, take }: TransportOptions): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of decompressed(incoming)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new AnswerError(`sent more than ${maxBytes} bytes`, 'answer-too-large');
    const piece = decoder.decode(chunk, { stream: true });
    if (take === undefined) text += piece;
    else {
      await take(piece);
      await yieldToEvents();
    }
  }
  const last = decoder.decode();
  if (take === undefined) return text + last;
  await take(last);
  return '';
}

function responseOf({ headersDistinct }: http.IncomingMessage, status: number, text: string): Response {
  // A `Response` does not support it.
  if (status < 200 || status > 599)
    throw new AnswerError(`answered with the invalid status ${status}`, 'not-http');
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return new Response(text === '' || STATUSES_WITHOUT_BODY.has(status) ? null : text, { status, headers });
}
