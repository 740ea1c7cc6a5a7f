/**
 * The requests that ntfy's apps send for a press of an `http` button.
 *
 * The sources, with the lines on GitHub:
 * - Android 1.25.0, `binwiederhier/ntfy-android` at a9c5cda4bdc43df5b82b13dc73e9138820d57063, below
 *   `app/src/main/java/io/heckel/ntfy/`:
 *   - `msg/UserActionWorker.kt` L79-L102: the method is POST unless the action has one; the body is the action's, or empty, and
 *     none for GET and HEAD; the action's headers are added; only 2xx is a success.
 *   - `util/HttpUtil.kt` L19, L73-L84: `User-Agent`; a press carries none of the credentials that the app knows.
 *   - `util/HttpUtil.kt` L92-L98: 60 s for the whole call; 15 s each to connect, read and write.
 *   - `msg/UserActionManager.kt` L20-L31: one work per button (`KEEP`): another press while it runs has no effect.
 *   - OkHttp 5.3.2 (`app/build.gradle` L109): a text without media type is sent as UTF-8 without a `Content-Type`
 *     (`String.toRequestBody` in `RequestBody.kt`, `square/okhttp` at 0b76211b42c96470936bf146c768a3a109308060; headers:
 *     `internal/http/BridgeInterceptor.kt` at 010c4f3c300f706d04af8b04224637a870a7e610). A header that is not printable ASCII
 *     is an error before anything is sent (`internal/-HeadersCommon.kt` at 0a28ba9fce69ba6c18d099749d128446337310b9).
 *     OkHttp repeats a request whose connection broke, and follows redirects: not modelled.
 * - The web app, `binwiederhier/ntfy`:
 *   - `web/src/components/Notifications.jsx` L502-L524 at 81a486adc11fe24efcbedefb28ae946028597c2f, L522-L547 at
 *     c1fa107f6da0d1023113aca80f64678565a83496: `fetch` with method POST unless the action has one, the action's headers and
 *     body; only 200 to 299 is a success.
 *   - `web/public/sw.js` L140-L161 at 81a486adc11fe24efcbedefb28ae946028597c2f: the same `fetch` for a button of a web push;
 *     not modelled: a failure is another notification.
 *   - `server/server.go` L431, L521-L522, L1593-L1598 at the same commit: the answer to a preflight, and
 *     `Access-Control-Allow-Origin` on every answer, errors included.
 *   - CORS as Chromium 156 does it (measured). `*` covers `Authorization`, which the Fetch standard forbids and Chrome,
 *     Firefox and Safari allow: https://github.com/whatwg/fetch/issues/1919
 */
import { z } from 'zod';
import { send } from '../contract/http.ts';
import type { Answer, Outgoing } from '../contract/http.ts';

/** `web`: the page in a browser, on another origin than the address of the button, unless `origin` is the same. */
export type ButtonApp = 'android' | 'web';

const actionSchema = z.object({
  /** Of this button of this version: ntfy makes a new one for each. */
  id: z.string(),
  action: z.string(),
  label: z.string(),
  clear: z.boolean().default(false),
  url: z.string().default(''),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
});

/** A button as ntfy delivers it. */
export type Action = z.infer<typeof actionSchema>;

/** The buttons of a message. Throws for what ntfy does not send. */
export const readActions = (actions: unknown): Action[] => z.array(actionSchema).parse(actions ?? []);

/** Milliseconds: the call timeout of the Android app. A browser waits longer. */
const CALL_TIMEOUT = 60_000;

/** The page's origin, and the address that the requests come from. */
export interface Sender {
  origin: string;
  localAddress: string;
}

/** Sends what the app sends, and returns the status that it sees. Throws as the app does when there is none. */
export async function sendAction(app: ButtonApp, action: Action, sender: Sender): Promise<number> {
  const signal = AbortSignal.timeout(CALL_TIMEOUT);
  const call: Call = (outgoing) =>
    send(action.url, { ...outgoing, signal, localAddress: sender.localAddress });
  if (app === 'android') return (await call(androidRequest(action))).status;
  try {
    return await fetchAsPage(action, sender.origin, call);
  } catch (error) {
    // The page learns nothing about the cause.
    throw new TypeError('Failed to fetch', { cause: error });
  }
}

type Call = (outgoing: Outgoing) => Promise<Answer>;

function androidRequest({ method = 'POST', headers, body = '' }: Action): Outgoing {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!-~]+$/.test(name) || !/^[\t -~]*$/.test(value))
      throw new Error(`Unexpected char in header ${name}`);
  }
  return {
    method,
    headers: {
      'User-Agent': 'ntfy/1.25.0 (play; Android 16; SDK 36)',
      ...headers,
      Connection: 'Keep-Alive',
      'Accept-Encoding': 'gzip',
    },
    ...(isBodiless(method) ? {} : { body }),
  };
}

const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** `fetch` in the mode `cors`. */
async function fetchAsPage(action: Action, origin: string, call: Call): Promise<number> {
  const { method = 'POST', headers, body } = action;
  const isForeign = new URL(action.url).origin !== origin;
  if (isForeign && needsPreflight(method, headers)) {
    const answer = await call({ method: 'OPTIONS', headers: preflightHeaders(method, headers, origin) });
    if (!allowsRequest(answer, method, headers, origin)) throw new Error('The preflight does not allow it');
  }
  const answer = await call({
    method,
    headers: {
      ...pageHeaders(origin),
      ...(body === undefined ? {} : { 'Content-Type': 'text/plain;charset=UTF-8' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  if (isForeign && !allowsOrigin(answer, origin)) throw new Error('The answer is for another origin');
  return answer.status;
}

const pageHeaders = (origin: string): Record<string, string> => ({
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
  Origin: origin,
  Referer: `${origin}/`,
});

/** The headers that a page may not send to another origin without asking, sorted. */
function unsafeHeaders(headers: Record<string, string>): string[] {
  const names = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => !isSafelisted(name, value))
    .map(([name]) => name);
  return names.toSorted();
}

function isSafelisted(name: string, value: string): boolean {
  if (name === 'content-type')
    return /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\s*(;|$)/i.test(value);
  return ['accept', 'accept-language', 'content-language'].includes(name);
}

const needsPreflight = (method: string, headers: Record<string, string>): boolean =>
  !['GET', 'HEAD', 'POST'].includes(method) || unsafeHeaders(headers).length > 0;

function preflightHeaders(method: string, headers: Record<string, string>, origin: string) {
  const names = unsafeHeaders(headers);
  return {
    ...pageHeaders(origin),
    'Access-Control-Request-Method': method,
    ...(names.length === 0 ? {} : { 'Access-Control-Request-Headers': names.join(',') }),
  };
}

function allowsRequest(answer: Answer, method: string, headers: Record<string, string>, origin: string) {
  const methods = listOf(answer.headers['access-control-allow-methods']);
  const names = listOf(answer.headers['access-control-allow-headers']);
  return (
    isSuccess(answer.status) &&
    allowsOrigin(answer, origin) &&
    (!needsPreflight(method, {}) || methods.has('*') || methods.has(method.toLowerCase())) &&
    unsafeHeaders(headers).every((name) => names.has('*') || names.has(name))
  );
}

const listOf = (header = ''): Set<string> =>
  new Set(header.split(',').map((entry) => entry.trim().toLowerCase()));

function allowsOrigin({ headers }: Answer, origin: string): boolean {
  const allowed = headers['access-control-allow-origin'];
  return allowed === '*' || allowed === origin;
}

/** In both apps. */
export const isSuccess = (status: number): boolean => status >= 200 && status <= 299;
