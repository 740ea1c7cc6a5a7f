import { once } from 'node:events';
import { request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number | undefined;
  text: string;
}

/** A request over a separate socket, with headers that `fetch` would not send. */
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

/** A raw connection that has sent this text. */
export async function connection(port: number, sends: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A reset also counts as disconnected.
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(sends);
  return socket;
}

/** All data from the server until it closes the connection. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => {
    text += data.toString();
  });
  // Not `once(…)`, which would treat a reset as a failure.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return text;
}
