/** A proxy that keeps a record of what passes, and that can be told to spoil it. */
import { createServer, request as send } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { freePort } from '../servers/index.ts';
import { sleep } from '../servers/wait.ts';

/**
 * What can befall a request: the connection is cut before the server hears of it; the server takes it and the answer
 * is lost, whole or half; both take their time; a gateway answers in the server's place; its cookie is lost.
 */
export type Trouble = 'cut' | 'lost' | 'torn' | 'slow' | 'broken' | 'forgotten';

/** A request that came. */
export interface Passage {
  method: string;
  path: string;
  body: string;
  /** `Date.now()` when it had come whole. */
  at: number;
  trouble: Trouble | null;
  /** What the server answered; 0 while it has not. */
  status: number;
  /** The first 300 characters of its answer. */
  reply: string;
  /** The torrents in its answer. */
  hashes: string[];
  /** When the caller had the whole answer; `null` when it never had. */
  deliveredAt: number | null;
}

/** `arrived`: nobody has seen it yet; `taken`: the server has answered, the caller does not know; `delivered`: both know. */
export type Stage = 'arrived' | 'taken' | 'delivered';

/** Whatever else a server may send; nobody has answered the request on this connection yet. */
export interface Spoiler {
  /** Whether the server gets the request before. */
  after: boolean;
  answer(outgoing: ServerResponse): void;
}

export interface ChaosProxy extends AsyncDisposable {
  url: string;
  passages: Passage[];
  /** Decides what befalls each request; `null`: nothing. */
  fate: (passage: Passage) => Trouble | null;
  /** Answers in the server's place, or instead of what it answered; `null`: nobody does. */
  spoil: (passage: Passage) => Spoiler | null;
  /** Milliseconds that a slow request takes longer. */
  delay: () => number;
  /** Called as soon as each stage is reached; what it does happens before the next one. */
  onStage: (stage: Stage, passage: Passage) => void;
  /** The cookies that the server set, as `name=value`. */
  cookies: string[];
  /** Nothing listens until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Starts a proxy in front of a server. `Host` becomes the target's; the server gets each request that came whole. */
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
    passages: [],
    fate: () => null,
    spoil: () => null,
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
  const passage = createPassage(incoming, body);
  passage.trouble = proxy.fate(passage);
  const { trouble } = passage;
  proxy.passages.push(passage);
  proxy.onStage('arrived', passage);
  if (trouble === 'cut') return void outgoing.destroy();
  if (trouble === 'broken')
    return void outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html>no</html>');
  const spoiler = proxy.spoil(passage);
  if (spoiler?.after === false) return spoiler.answer(outgoing);
  const half = trouble === 'slow' ? proxy.delay() / 2 : 0;
  await sleep(half);
  // Else it could overtake what the next life says: ntfy has no way to tell that it is old.
  if (half > 0 && outgoing.destroyed) return;
  const answer = await call(target, incoming, body, trouble === 'forgotten');
  const reply = await buffer(answer);
  const pair = answer.headers['set-cookie']?.[0]?.split(';')[0];
  if (pair !== undefined && !pair.endsWith('=')) proxy.cookies.push(pair);
  noteAnswer(passage, answer.statusCode ?? 0, reply.toString());
  proxy.onStage('taken', passage);
  await sleep(half);
  if (spoiler !== null && !outgoing.destroyed) return spoiler.answer(outgoing);
  if (trouble === 'lost' || outgoing.destroyed) return void outgoing.destroy();
  const headers: OutgoingHttpHeaders = { ...answer.headers, 'content-length': reply.length };
  delete headers['transfer-encoding'];
  delete headers.connection;
  outgoing.writeHead(passage.status, headers);
  if (trouble === 'torn') {
    outgoing.write(reply.subarray(0, reply.length / 2), () => outgoing.destroy());
    return;
  }
  outgoing.end(reply, () => {
    passage.deliveredAt = Date.now();
    proxy.onStage('delivered', passage);
  });
}

function createPassage({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): Passage {
  return {
    method,
    path: url,
    body: body.toString(),
    at: Date.now(),
    trouble: null,
    status: 0,
    reply: '',
    hashes: [],
    deliveredAt: null,
  };
}

function noteAnswer(passage: Passage, status: number, reply: string): void {
  passage.status = status;
  passage.reply = reply.slice(0, 300);
  if (!passage.path.endsWith('torrents/info')) return;
  passage.hashes = [...reply.matchAll(/"hash":"([0-9a-f]{40})"/g)].map(([, hash]) => hash ?? '');
}

/** A caller that dies in the meantime changes nothing for the server: it has the request. */
function call(target: URL, incoming: IncomingMessage, body: Buffer, forgotten: boolean) {
  const headers: OutgoingHttpHeaders = {
    ...incoming.headers,
    host: target.host,
    'accept-encoding': 'identity',
  };
  delete headers['transfer-encoding'];
  delete headers.connection;
  if (forgotten) delete headers.cookie;
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
