/** A client that sends exactly the given request: `fetch` would not send a foreign Host. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** The request. */
export interface Outgoing {
  /** Default GET. */
  method?: string;
  headers?: Record<string, string>;
  /** Sent with its length; `form` makes one. */
  body?: string;
  form?: Record<string, string>;
  /** The body is sent in chunks, without a length. */
  chunked?: boolean;
  /** Ends the request. */
  signal?: AbortSignal;
  /** The source address. */
  localAddress?: string;
}

/** The answer. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The media type alone. */
  type: string;
  text: string;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Methods whose requests have no body, and no length. */
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

function lengthOf(body: string, { method = 'GET', chunked = false }: Outgoing): Record<string, string> {
  if (chunked) return { 'transfer-encoding': 'chunked' };
  return BODILESS.has(method) ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** One request over a new connection. Rejects when there is no answer. */
export function send(url: string, outgoing: Outgoing = {}): Promise<Answer> {
  const { method = 'GET', form, signal, localAddress } = outgoing;
  const body = form ? new URLSearchParams(form).toString() : (outgoing.body ?? '');
  const headers = { ...(form ? FORM : {}), ...lengthOf(body, outgoing), ...outgoing.headers };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, signal, localAddress, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const type = (response.headers['content-type'] ?? '').split(';')[0] ?? '';
        resolve({ status: response.statusCode ?? 0, headers: response.headers, type, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A JSON object of an answer. Throws for anything else. */
export function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError(`no object: ${text}`);
  return { ...value };
}

/** A list of JSON objects. Throws for anything else. */
export function listOf(text: string): Record<string, unknown>[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new TypeError(`no list: ${text}`);
  return value.map((entry: unknown) => objectOf(JSON.stringify(entry)));
}
