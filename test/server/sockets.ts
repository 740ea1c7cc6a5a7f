import { once } from 'node:events';
import { request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number | undefined;
  text: string;
}

/** A request over a socket of its own, with headers that `fetch` would not send. */
export async function call(port: number, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, agent: false, ...options }).end(body);
  const [response]: unknown[] = await once(sent, 'response');
  if (!isReadable(response)) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

function isReadable(value: unknown): value is AsyncIterable<Buffer> & { statusCode?: number } {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A bare connection that has sent this much. */
export async function connection(port: number, sends: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A reset is one of the ways to be cut off.
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(sends);
  return socket;
}

/** What the server sends until it closes the connection. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => {
    text += data.toString();
  });
  // Not `once(…)`, which would take a reset for a failure.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return text;
}
