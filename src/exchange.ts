import * as http from 'node:http';
import * as https from 'node:https';
import { setImmediate as others } from 'node:timers/promises';

/** Milliseconds for which a connection is kept: messages that come in a burst share one. */
const KEPT = 4000;

const plain = new http.Agent({ keepAlive: true, timeout: KEPT });
const secure = new https.Agent({ keepAlive: true, timeout: KEPT });

/** What `fetch` has no words for. */
export interface Terms {
  /** Whether the connection may serve another request. */
  keep: boolean;
  /** Bytes that the body of the answer may have. */
  maxBytes: number;
  /** Takes the text of a good answer (2xx) piece by piece, which is empty then. */
  take: ((piece: string) => void) | undefined;
}

/** An answer that is none, although the connection is fine; the message goes on from the name of the host. */
export class AnswerError extends Error {
  override name = 'AnswerError';
  readonly reason: 'answer-too-large' | 'answer-encoded';

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
 * createFetch({ fetch: (url, init) => exchange(url, init, { keep, maxBytes, take }) });
 */
export async function exchange(url: string, init: RequestInit, terms: Terms): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const isSecure = url.startsWith('https:');
  const body = typeof init.body === 'string' ? init.body : '';
  const { signal, method = 'GET' } = init;
  const options = {
    method,
    agent: terms.keep && (isSecure ? secure : plain),
    headers: headersOf(init, body),
    ...(signal ? { signal } : {}),
  };
  const outgoing = isSecure ? https.request(url, options, resolve) : http.request(url, options, resolve);
  outgoing.once('error', reject).end(body);
  const incoming = await promise;
  const { statusCode: status = 0 } = incoming;
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    incoming.destroy();
    throw new AnswerError('packs its answer in a way that nobody asked for', 'answer-encoded');
  }
  const isGood = status >= 200 && status < 300;
  const text = await read(incoming, isGood ? terms : { ...terms, take: undefined });
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return new Response(text === '' ? null : text, { status, headers });
}

/** qBittorrent is next door: to pack an answer costs it 5 % of a poll. And it understands no chunks. */
function headersOf({ headers, method }: RequestInit, body: string): Record<string, string> {
  const length = method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  return {
    'user-agent': 'qbit-ntfy-sidecar',
    'accept-encoding': 'identity',
    ...Object.fromEntries(new Headers(headers)),
    ...length,
  };
}

async function read(incoming: http.IncomingMessage, { maxBytes, take }: Terms): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
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
