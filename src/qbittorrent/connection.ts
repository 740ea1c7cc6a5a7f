import type { Result } from '../../machines/domain.ts';
import { basicAuthorization } from '../http/basic-auth.ts';
import type { Config } from '../config/index.ts';
import { err, hostOf, request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { createCookieJar } from './cookies.ts';

/** The connection to one qBittorrent: URL, API key, cookies. */
export interface Connection {
  /** GET without a form, POST with one. */
  readonly call: (
    path: string,
    form?: Record<string, string>,
    signal?: AbortSignal,
    stream?: Stream,
  ) => Promise<Result<Reply>>;
  /**
   * Requests the login page without credentials. Only qBittorrent's Host header validation answers it with 401.
   */
  readonly getPage: (signal?: AbortSignal) => Promise<Result<Reply>>;
  /** Deletes all cookies, so that the next call has no session. */
  readonly clearCookies: () => void;
  /** Whether a proxy in front of qBittorrent has its own login, which is sent with each call. */
  readonly hasProxyLogin: boolean;
  /** Host and port, for messages. */
  readonly host: string;
}

/** An answer that is read in pieces: it is never in memory as a whole, so it may have any size. */
export interface Stream {
  /** As in `RequestOptions`. */
  readonly take: (piece: string) => void;
  /** Milliseconds without data until the timeout. Default: 10 000. */
  readonly timeout?: number;
}

/** Size of any other answer. */
const MAX_BYTES = 1024 * 1024;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** `URLSearchParams` encodes character by character in JavaScript; the list of all hashes has 400,000 characters. */
const encode = (form: Record<string, string>): string =>
  Object.entries(form)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

/**
 * Each call uses a new TCP connection: qBittorrent closes an idle one between two polls, and a request sent at that moment
 * is lost. Calls have neither `Origin` nor `Referer` (CSRF check), and return all cookies that were set.
 */
export function createConnection({ url, auth, basic }: Config['qbittorrent']): Connection {
  const jar = createCookieJar();
  const authorization = () => {
    if (auth.kind === 'apiKey') return { authorization: `Bearer ${auth.key.reveal()}` };
    return basic === undefined ? {} : { authorization: basicAuthorization(basic) };
  };
  return {
    host: hostOf(url),
    hasProxyLogin: basic !== undefined,
    clearCookies: () => jar.clear(),
    getPage: (signal) =>
      request(`${url}/`, { maxBytes: MAX_BYTES, ...(signal === undefined ? {} : { signal }) }),
    async call(path, form, signal, stream) {
      const reply = await request(`${url}/api/v2/${path}`, {
        method: form === undefined ? 'GET' : 'POST',
        headers: { ...jar.header(), ...authorization(), ...(form === undefined ? {} : FORM) },
        maxBytes: stream === undefined ? MAX_BYTES : Infinity,
        ...(form === undefined ? {} : { body: encode(form) }),
        ...(signal === undefined ? {} : { signal }),
        ...stream,
      });
      if (reply.ok) jar.store(reply.value.headers);
      return reply;
    },
  };
}

/**
 * The failure of a call with a session, by its status; `null` for 2xx. Both 401 and 403 are `unauthorized`, because they
 * usually mean that the session has expired: some proxies change one into the other. `reason` is the cause if the failure
 * is repeated immediately after a successful login.
 */
export function failureOfStatus({ status, text }: Reply, host: string) {
  if (status >= 200 && status < 300) return null;
  if (status === 401) return err('unauthorized', hostRefusal(host), 'host-header-refused');
  if (status === 403 && isPage(text))
    return err('unauthorized', `something in front of qBittorrent at ${host} refuses (403)`, 'in-front');
  if (status === 403) return err('unauthorized', `qBittorrent at ${host} requires a login`);
  if (status === 429)
    return err('broken', `something in front of qBittorrent at ${host} limits requests (429)`);
  if (status >= 502 && status <= 504)
    return err('broken', `${host} answered ${status}: a proxy there cannot reach qBittorrent`);
  if (status >= 500) return err('broken', `qBittorrent at ${host} answered ${status}`);
  return noQbittorrent(host, status);
}

/** The result of a call whose answer has no data. A page is no success: a login page answers 200 to any request. */
export function resultOf(reply: Result<Reply>, host: string): Result<null> {
  if (!reply.ok) return reply;
  const { status, text } = reply.value;
  const refusal = failureOfStatus(reply.value, host);
  if (refusal === null && isPage(text)) return noQbittorrent(host, status);
  return refusal ?? { ok: true, value: null };
}

/** Whether this version has no such endpoint; or the server is not qBittorrent. */
export const isUnknownPath = (reply: Result<Reply>): boolean => reply.ok && reply.value.status === 404;

/** qBittorrent's refusals are plain text, those of proxies are web pages. */
export const isPage = (text: string): boolean => /^\s*</.test(text);

const hostRefusal = (host: string): string =>
  `qBittorrent refuses requests for ${host}: QBIT_HOST must have the port that qBittorrent listens on, and its Host header validation must allow the name`;

export function refusedHost(host: string) {
  return err('misdirected', hostRefusal(host), 'host-header-refused');
}

export function noQbittorrent(host: string, status: number) {
  return err(
    'misdirected',
    `${host} does not answer like qBittorrent (${status}): is QBIT_HOST its WebUI?`,
    'not-qbittorrent',
  );
}
