/** A forward proxy, as in company networks: tunnels by CONNECT, and requests with absolute URLs. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface ForwardProxyOptions {
  /** `user:password`, without which it answers 407. Default: it requires none. */
  credentials?: string;
  /** The port on 127.0.0.1 for a host and port. Default: the same port. */
  portOf?: (target: string) => number;
  /** The status for every tunnel, instead of opening it. */
  refuse?: number;
}

/** A running proxy. */
export interface ForwardProxy extends AsyncDisposable {
  port: number;
  url: string;
  /** Method and target of the requests, like `CONNECT ntfy.example.org:443`. */
  requests: string[];
}

/** Starts one on 127.0.0.1; it connects to this machine only, whatever the target. */
export async function startForwardProxy({
  credentials,
  portOf = (target) => Number(target.split(':').at(-1)),
  refuse,
}: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const isWelcome = ({ headers }: IncomingMessage) =>
    credentials === undefined || headers['proxy-authorization'] === `Basic ${btoa(credentials)}`;
  const server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    requests.push(`${method} ${url}`);
    if (!isWelcome(incoming)) {
      outgoing.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end('<html>407</html>');
      return;
    }
    const { host, pathname, search } = new URL(url);
    delete headers['proxy-authorization'];
    const port = portOf(host);
    const on = request(
      { host: '127.0.0.1', port, method, path: pathname + search, headers, agent: false },
      (answer) => answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    on.once('error', () => outgoing.writeHead(502).end());
    incoming.pipe(on);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => socket.destroy())));
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    const { url: target = '' } = incoming;
    requests.push(`CONNECT ${target}`);
    const status = isWelcome(incoming) ? refuse : 407;
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const other = connect(portOf(target), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(other).pipe(socket);
    });
    sockets.add(other.on('error', () => socket.destroy()));
    socket.once('close', () => other.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
