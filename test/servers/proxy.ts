/** A counting reverse proxy: the sidecar's requests to a server, without those of the test. */
import { createServer, request as send } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { freePort } from './ports.ts';

/** A request through the proxy. */
export interface SeenRequest {
  method: string;
  /** With the query string. */
  path: string;
  /** As they arrived, with lowercase names. */
  headers: IncomingHttpHeaders;
  /** `Date.now()` when it had arrived completely. */
  at: number;
  /** The body as text: a form, or JSON. */
  body: string;
  /** The status of the server's answer; 0 before, or without one. */
  status: number;
}

/** A running proxy. */
export interface Proxy extends AsyncDisposable {
  url: string;
  /** In their order; empty it with `requests.length = 0`. */
  requests: SeenRequest[];
  /** How many logins qBittorrent answered. On a busy machine a client may abandon one, and repeat it. */
  logins(): number;
  /** Removes cookies until the next login to qBittorrent, as if it had lost its sessions. */
  endSessions(): void;
  stop(): Promise<void>;
}

/** The status with which a firewall answers a request instead of the server, with a page; `null`: it forwards it. */
export type Firewall = (request: SeenRequest) => number | null;

/** How a proxy changes what it forwards. */
export interface ProxyOptions {
  /** Its status instead of the server's; the body is unchanged. Default: the same. */
  statusOf?: (status: number) => number;
  /** Default: forwards every request. */
  firewall?: Firewall;
}

/** The state of a running proxy. */
interface State extends Required<ProxyOptions> {
  target: URL;
  requests: SeenRequest[];
  holdsCookies: boolean;
}

/**
 * Starts a proxy in front of a server, like `http://127.0.0.1:8080`. It rewrites `Host` to the target's, since
 * qBittorrent refuses a `Host` with another port, and changes nothing else. When the target does not answer,
 * the connection is closed, as the target's own would be.
 */
export async function startProxy(
  target: string,
  { statusOf = (status) => status, firewall = () => null }: ProxyOptions = {},
): Promise<Proxy> {
  const requests: SeenRequest[] = [];
  const state: State = { target: new URL(target), requests, statusOf, firewall, holdsCookies: false };
  const server = createServer((incoming, outgoing) => {
    forward(state, incoming, outgoing).catch(() => outgoing.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    logins: () => requests.filter((seen) => isLogin(seen) && seen.status !== 0).length,
    endSessions: () => (state.holdsCookies = true),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const isLogin = ({ path }: Pick<SeenRequest, 'path'>): boolean => path.endsWith('/auth/login');

async function forward(state: State, incoming: IncomingMessage, outgoing: ServerResponse) {
  const { target, requests, statusOf, firewall } = state;
  const body = await buffer(incoming);
  const { method = 'GET', url: path = '/' } = incoming;
  const headers = { ...incoming.headers };
  const seen: SeenRequest = { method, path, headers, at: Date.now(), body: body.toString(), status: 0 };
  requests.push(seen);
  if (isLogin(seen)) state.holdsCookies = false;
  if (state.holdsCookies) delete incoming.headers.cookie;
  const rejection = firewall(seen);
  if (rejection !== null) {
    seen.status = rejection;
    const page = '<html><title>Request rejected</title></html>';
    return void outgoing.writeHead(rejection, { 'content-type': 'text/html' }).end(page);
  }
  const answer = await call(target, incoming, body, outgoing);
  seen.status = statusOf(answer.statusCode ?? 0);
  outgoing.writeHead(seen.status, answer.rawHeaders);
  answer.pipe(outgoing);
  answer.once('error', () => outgoing.destroy());
}

/** A new connection for each request: the server could close a kept one just as it is used. */
function call(
  target: URL,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<IncomingMessage> {
  const headers: OutgoingHttpHeaders = { ...incoming.headers, host: target.host };
  delete headers['transfer-encoding']; // qBittorrent does not support chunks: the body is sent in one piece
  if (body.length > 0) headers['content-length'] = body.length;
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = target;
    const { method, url: path } = incoming;
    const request = send({ host, port, method, path, headers, agent: false }, resolve);
    request.once('error', reject);
    outgoing.once('close', () => request.destroy());
    request.end(body);
  });
}
