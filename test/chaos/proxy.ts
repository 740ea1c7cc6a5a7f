/** A proxy that records the requests, and can disturb them. */
import { createServer, request as send } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { freePort } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';

/**
 * How a request can be disturbed: the connection is cut before the server receives it; the server accepts it and the
 * answer is lost, whole or half; both take longer; a gateway answers instead of the server; its cookie is lost.
 */
export type Fault = 'cut' | 'lost' | 'torn' | 'slow' | 'broken' | 'no cookie';

/** A request. */
export interface ProxiedRequest {
  method: string;
  path: string;
  body: string;
  /** `Date.now()` when it had arrived completely. */
  at: number;
  fault: Fault | null;
  /** The status of the server's answer; 0 before. */
  status: number;
  /** The first 300 characters of its answer. */
  reply: string;
  /** The torrents in its answer. */
  hashes: string[];
  /** When the caller had received the whole answer; `null`: never. */
  deliveredAt: number | null;
}

/**
 * `arrived`: not forwarded yet; `answered`: the proxy has the server's answer; `delivered`: the caller has received it.
 */
export type Stage = 'arrived' | 'answered' | 'delivered';

/** Anything else that a server may send, on a connection whose request is not answered yet. */
export interface Replacement {
  /** Whether the server receives the request before. */
  after: boolean;
  answer(outgoing: ServerResponse): void;
}

export interface ChaosProxy extends AsyncDisposable {
  url: string;
  requests: ProxiedRequest[];
  /** Decides how each request is disturbed; `null`: not at all. */
  faultFor: (request: ProxiedRequest) => Fault | null;
  /** Answers instead of the server, or replaces its answer; `null`: no replacement. */
  replacementFor: (request: ProxiedRequest) => Replacement | null;
  /** The delay of a slow request, in milliseconds. */
  delay: () => number;
  /** Called at each stage; the next stage waits for its synchronous part. */
  onStage: (stage: Stage, request: ProxiedRequest) => void;
  /** The cookies that the server set, as `name=value`. */
  cookies: string[];
  /** Nothing listens until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/**
 * Starts a proxy in front of a server. `Host` becomes the target's; the server receives each request that arrived
 * completely.
 */
export async function startChaosProxy(target: string): Promise<ChaosProxy> {
  const server = createServer((incoming, outgoing) => {
    pass(proxy, new URL(target), incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const port = await freePort();
  const up = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const proxy: ChaosProxy = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    faultFor: () => null,
    replacementFor: () => null,
    delay: () => 0,
    onStage: () => {},
    cookies: [],
    down,
    up,
    [Symbol.asyncDispose]: down,
  };
  await up();
  return proxy;
}

async function pass(
  proxy: ChaosProxy,
  target: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await buffer(incoming);
  const request = createRequest(incoming, body);
  request.fault = proxy.faultFor(request);
  const { fault } = request;
  proxy.requests.push(request);
  proxy.onStage('arrived', request);
  if (fault === 'cut') return void outgoing.destroy();
  if (fault === 'broken')
    return void outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html>no</html>');
  const replacement = proxy.replacementFor(request);
  if (replacement?.after === false) return replacement.answer(outgoing);
  const half = fault === 'slow' ? proxy.delay() / 2 : 0;
  await sleep(half);
  // Otherwise it could arrive after a message of the next process: ntfy cannot detect that it is outdated.
  if (half > 0 && outgoing.destroyed) return;
  const answer = await call(target, incoming, body, fault === 'no cookie');
  if (isStream(request)) {
    noteAnswer(request, answer.statusCode ?? 0, '');
    outgoing.writeHead(request.status, answer.headers).flushHeaders();
    outgoing.once('close', () => answer.destroy());
    return void answer.on('error', () => outgoing.destroy()).pipe(outgoing);
  }
  const reply = await buffer(answer);
  const pair = answer.headers['set-cookie']?.[0]?.split(';')[0];
  if (pair !== undefined && !pair.endsWith('=')) proxy.cookies.push(pair);
  noteAnswer(request, answer.statusCode ?? 0, reply.toString());
  proxy.onStage('answered', request);
  await sleep(half);
  if (replacement !== null && !outgoing.destroyed) return replacement.answer(outgoing);
  if (fault === 'lost' || outgoing.destroyed) return void outgoing.destroy();
  const headers: OutgoingHttpHeaders = { ...answer.headers, 'content-length': reply.length };
  delete headers['transfer-encoding'];
  delete headers.connection;
  outgoing.writeHead(request.status, headers);
  if (fault === 'torn') {
    outgoing.write(reply.subarray(0, reply.length / 2), () => outgoing.destroy());
    return;
  }
  outgoing.end(reply, () => {
    request.deliveredAt = Date.now();
    proxy.onStage('delivered', request);
  });
}

/** Whether the answer has no end: ntfy's stream of a topic. */
const isStream = ({ path }: ProxiedRequest): boolean => /\/json\?since=/.test(path);

function createRequest({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): ProxiedRequest {
  return {
    method,
    path: url,
    body: body.toString(),
    at: Date.now(),
    fault: null,
    status: 0,
    reply: '',
    hashes: [],
    deliveredAt: null,
  };
}

function noteAnswer(request: ProxiedRequest, status: number, reply: string): void {
  request.status = status;
  request.reply = reply.slice(0, 300);
  if (!request.path.endsWith('torrents/info')) return;
  request.hashes = [...reply.matchAll(/"hash":"([0-9a-f]{40})"/g)].map(([, hash]) => hash ?? '');
}

/** A caller that ends in the meantime changes nothing for the server, which has the request. */
function call(target: URL, incoming: IncomingMessage, body: Buffer, withoutCookie: boolean) {
  const headers: OutgoingHttpHeaders = {
    ...incoming.headers,
    host: target.host,
    'accept-encoding': 'identity',
  };
  delete headers['transfer-encoding'];
  delete headers.connection;
  if (withoutCookie) delete headers.cookie;
  if (body.length > 0) headers['content-length'] = body.length;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname: host, port } = target;
    const { method, url: path } = incoming;
    const request = send({ host, port, method, path, headers, agent: false }, resolve);
    request.setTimeout(30_000, () => request.destroy(new Error('no answer within 30 s')));
    request.once('error', reject);
    request.end(body);
  });
}
