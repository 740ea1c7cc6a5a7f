import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import { createBrotliDecompress, createUnzip, createZstdDecompress } from 'node:zlib';
import type { BrotliDecompress, Unzip, ZstdDecompress } from 'node:zlib';
import { agentFor } from './agents.ts';
import type { Proxy } from './config/proxy.ts';

/** What `fetch` has no words for. */
export interface Terms {
  /** Whether the connection may serve another request. */
  keep: boolean;
  /** Bytes that the body of the answer may have, decompressed. */
  maxBytes: number;
  /** Takes the text of a good answer (2xx) piece by piece, which is empty then. */
  take: ((piece: string) => void) | undefined;
  /** A good status (2xx) is an answer, even if its body can't be read; the text is empty then. */
  statusSuffices: boolean;
  /** `null`: the server is reached directly. */
  proxy: Proxy | null;
}

/** An answer that is none, although the connection is fine; the message goes on from the name of the host. */
export class AnswerError extends Error {
  override name = 'AnswerError';
  readonly reason: 'answer-too-large' | 'answer-encoded' | 'not-http';

  constructor(message: string, reason: AnswerError['reason']) {
    super(message);
    this.reason = reason;
  }
}

/**
 * What `fetch` does, over Node's own HTTP client, no redirect followed, the answer read whole. To ask once each five
 * seconds takes Node's `fetch` twice the time (it connects anew for each, and makes an error of each connection that
 * it closes) and 14 MB for the WebAssembly that reads its answers: docs/benchmarks.md.
 *
 * @example
 * createFetch({ fetch: (url, init) => exchange(url, init, { keep, maxBytes, take, statusSuffices, proxy }) });
 */
export async function exchange(url: string, init: RequestInit, terms: Terms): Promise<Response> {
  const { signal } = init;
  const aborted = abortionOf(signal);
  const incoming = await Promise.race([send(url, init, terms), aborted]);
  const { statusCode: status = 0 } = incoming;
  const isGood = status >= 200 && status < 300;
  const maxBytes = Math.min(terms.maxBytes, MAX_ERROR_BYTES);
  const reading = read(incoming, isGood ? terms : { ...terms, take: undefined, maxBytes });
  const text = await Promise.race([reading, aborted]).catch((error: unknown) => {
    incoming.destroy();
    if (isGood && terms.statusSuffices) return '';
    throw error;
  });
  return responseOf(incoming, status, text);
}

/** Rejects when the signal aborts: not everything that a server does ends in an event of the request. */
function abortionOf(signal: RequestInit['signal']): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = () => reject(new Error('aborted'));
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return promise;
}

/** Resolves with the head of the answer. */
function send(url: string, init: RequestInit, { keep, proxy }: Terms): Promise<http.IncomingMessage> {
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
      reject(new AnswerError('switches to another protocol, which nobody asked for', 'not-http'));
    })
    .once('close', () => reject(new Error('closed without an answer')))
    .end(body);
  return promise;
}

/** Bytes of all that comes before the body. Node allows 16 KiB of headers, but counts no spaces and no early hints. */
const MAX_HEAD_BYTES = 262_144;

/** Ends a request whose answer does not get to its body: what comes without an end leaves no time for others. */
function limitHead(outgoing: http.ClientRequest): void {
  outgoing.once('socket', (socket) => {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_HEAD_BYTES)
        outgoing.destroy(new AnswerError('sends headers without an end', 'not-http'));
    };
    const end = () => {
      socket.off('data', count);
    };
    socket.on('data', count);
    outgoing.once('response', end).once('close', end);
  });
}

/** Nothing compressed is asked for: qBittorrent is next door, and that costs it 5 % of a poll. It understands no chunks. */
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

/** Bytes of an answer that is no good one: it is held whole, also where a good one is taken in pieces. */
const MAX_ERROR_BYTES = 1_048_576;

/** Statuses with which a `Response` can hold no body. */
const BODILESS = new Set([204, 205, 304]);

/** The body as it was before something on the way compressed it, although that was not asked for. */
async function* decompressed(incoming: http.IncomingMessage): AsyncGenerator<Buffer> {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  const isEmpty = incoming.headers['content-length'] === '0' || BODILESS.has(incoming.statusCode ?? 0);
  if (encoding === 'identity' || isEmpty) return yield* incoming;
  // The name comes from the server: `__proto__` is no decoder.
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
  if (decoder === undefined)
    throw new AnswerError('encodes its answer in a way that was not asked for', 'answer-encoded');
  // What fails is thrown where the decoder is read.
  pipeline(incoming, decoder, () => {});
  try {
    yield* decoder;
  } catch (error) {
    throw isDecoding(error)
      ? new AnswerError('sent a body that can not be decompressed', 'answer-encoded')
      : error;
  }
}

/** By the codes of zlib, Brotli and Zstandard. */
const isDecoding = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR__ERROR_|ERR_BROTLI|ZSTD_)/.test(String(error.code));

async function read(incoming: http.IncomingMessage, { maxBytes, take }: Terms): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of decompressed(incoming)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new AnswerError(`sent more than ${maxBytes} bytes`, 'answer-too-large');
    const piece = decoder.decode(chunk, { stream: true });
    if (take === undefined) text += piece;
    else {
      take(piece);
      await others();
    }
  }
  const last = decoder.decode();
  if (take === undefined) return text + last;
  take(last);
  return '';
}

function responseOf({ headersDistinct }: http.IncomingMessage, status: number, text: string): Response {
  // A `Response` can't hold it.
  if (status < 200 || status > 599)
    throw new AnswerError(`answered with status ${status}, which HTTP does not know`, 'not-http');
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return new Response(text === '' || BODILESS.has(status) ? null : text, { status, headers });
}
