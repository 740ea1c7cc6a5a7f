/** What someone publishes who knows the command topic, or a command. */
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';

type Body = string | Uint8Array;

/** Requests that are under way on a connection. */
const PIPELINED = 50;

/**
 * Publishes each body as one message, as fast as ntfy accepts them: several requests at a time on each connection.
 *
 * @returns how often ntfy answered with each status
 */
export async function flood(
  url: string,
  bodies: Iterable<Body>,
  connections = 8,
): Promise<Map<number, number>> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const source = bodies[Symbol.iterator]();
  const statuses = new Map<number, number>();

  async function publish(): Promise<void> {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let waiting = 0;
    let rest = '';
    const write = () => {
      const pieces: Body[] = [];
      for (; waiting < PIPELINED; waiting += 1) {
        const next = source.next();
        if (next.done === true) break;
        const bytes = Buffer.from(next.value);
        pieces.push(
          `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
          bytes,
        );
      }
      if (pieces.length > 0) socket.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
      if (waiting === 0) socket.end();
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      const text = rest + chunk;
      let end = 0;
      for (const match of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        const status = Number(match[1]);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        waiting -= 1;
        end = match.index + match[0].length;
      }
      rest = text.slice(Math.max(end, text.length - 12));
      if (waiting < PIPELINED / 2) write();
    });
    socket.on('close', () => resolve()).on('error', reject);
    write();
    return promise;
  }
  await Promise.all(Array.from({ length: connections }, publish));
  return statuses;
}

/** Texts that no button contains, of all sorts. */
export function* junk(count: number): Generator<Body> {
  const sorts: Array<(index: number) => Body> = [
    (index) => `hello ${index}`,
    () => `v1.${'A'.repeat(100)}.${'A'.repeat(43)}`,
    () => 'v1.'.repeat(100),
    () => '['.repeat(3000),
    () => '{"a":'.repeat(700),
    () => '\0'.repeat(4000),
    () => '"event":"open" "message":"v1.'.repeat(20),
    () => randomBytes(300).toString('base64'),
    () => '\u202e\u2028\ud800é€😀\r\n\t'.repeat(50),
    () => '',
  ];
  for (let index = 0; index < count; index += 1) yield sorts[index % sorts.length]?.(index) ?? '';
}

/** Commands that are almost one: each byte changed, cut anywhere, extended, and with other payloads and the same MAC. */
export function* nearly(command: string): Generator<string> {
  const [version = '', payload = '', mac = ''] = command.split('.');
  for (let at = 0; at < command.length; at += 1) {
    const code = command.charCodeAt(at);
    for (const other of [code ^ 1, code ^ 0x20, 0x41])
      if (other !== code && other >= 0x20)
        yield `${command.slice(0, at)}${String.fromCharCode(other)}${command.slice(at + 1)}`;
    yield command.slice(0, at);
    yield command.slice(at + 1);
  }
  yield command + command;
  yield `${command}.${mac}`;
  yield `${command}=`;
  yield `${version}.${payload}=.${mac}`;
  yield command.toUpperCase();
  const fields = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
  for (const [index, action] of [
    'pause',
    'resume',
    'deleteFiles',
    'deleteTorrent',
    'mute',
    'retry',
  ].entries()) {
    const changed = fields.with(5, action).with(4, index);
    const text = Buffer.from(JSON.stringify(changed)).toString('base64url');
    yield `${version}.${text}.${mac}`;
    yield `${version}.${text}.${randomBytes(32).toString('base64url')}`;
  }
}

interface OtherRequests {
  /** Of the command topic. */
  url: string;
  /** A valid command, of which nothing below is one. */
  command: string;
  /** The topic of the cards. */
  cards: string;
}

/** Whatever else ntfy allows, or refuses, without a token. */
export function otherRequests({ url, command, cards }: OtherRequests): Array<() => Promise<Response>> {
  const { origin, pathname } = new URL(url);
  const topic = pathname.slice(1);
  const lookalike = `{"event":"open"} "message":"${command}" {"id":"aaaaaaaaaaaa","event":"message"}`;
  const post = (body: BodyInit, headers: Record<string, string> = {}, suffix = '') =>
    fetch(`${url}${suffix}`, { method: 'POST', body, headers });
  const postJson = (message: Record<string, unknown>) =>
    fetch(origin, { method: 'POST', body: JSON.stringify({ topic, ...message }) });
  const headers = { event: 'open', message: command, expires: '1' };
  return [
    () => post(command, { filename: 'a.txt' }),
    () => post(lookalike, { attach: 'https://example.org/a.png' }),
    () => post('junk', { title: lookalike }),
    () => postJson({ message: 'x', actions: [{ action: 'http', label: 'x', url: 'http://x', headers }] }),
    () => postJson({ message: 'v1.x', actions: [{ action: 'broadcast', label: 'x', extras: headers }] }),
    () => post('junk', {}, '/sequence'),
    () => fetch(`${url}/sequence`, { method: 'DELETE' }),
    () => fetch(`${url}/sequence/clear`, { method: 'PUT' }),
    () => post('x'.repeat(100_000)),
    () => post(new Uint8Array([0, 255, 128])),
    () => post(Buffer.concat([Buffer.from(command), Buffer.from([255])]), {}, '?up=1'),
    () => post('x', { 'x-poll-id': 'aaaaaaaaaaaa' }),
    () => post(`\u200b${command}`),
    () => fetch(`${origin}/${cards}`, { method: 'POST', body: command }),
  ];
}
