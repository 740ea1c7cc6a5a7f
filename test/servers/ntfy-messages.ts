/** Reads a topic of a real ntfy as a subscriber does. */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A message as ntfy stores it. */
export interface NtfyMessage {
  id: string;
  /** Unix seconds. */
  time: number;
  event: 'message' | 'message_clear' | 'message_delete' | 'poll_request';
  topic: string;
  /** Missing when it is the message's own `id`, and from servers before 2.16. */
  sequence_id?: string;
  title?: string;
  message?: string;
  /** Missing when it is the default, 3. */
  priority?: number;
  tags?: string[];
  click?: string;
  icon?: string;
  actions?: Array<Record<string, unknown>>;
}

/** The server, the topic and the credentials. */
export interface ReadOptions {
  port: number;
  topic: string;
  authorization: string | undefined;
  /** The source address. */
  localAddress: string;
}

/** Milliseconds without a byte until a connection is given up; ntfy sends a keepalive every 45 s. */
const POLL_SILENCE = 30_000;
const STREAM_SILENCE = 77_000;

/** `?poll=1&since=all`: everything cached, oldest first, all versions of each sequence. */
export async function readMessages(options: ReadOptions): Promise<NtfyMessage[]> {
  const body = await text(await get(options, 'poll=1&since=all', { silence: POLL_SILENCE }));
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map(parseMessage);
}

/** From where a topic is read, and until when. */
export interface StreamOptions extends ReadOptions {
  /** The ID of a message, or `all`. */
  since: string;
  signal: AbortSignal;
  /** Each message that is published from now on arrives; one that is published while it connects can be missed. */
  onOpen: () => void;
}

/**
 * What is cached, and then what is published, until the server ends the connection. Throws when it breaks, when ntfy reports an
 * error in it, and when `signal` aborts it.
 */
export async function* streamMessages(options: StreamOptions): AsyncGenerator<NtfyMessage> {
  const { since, signal, onOpen } = options;
  const answer = await get(options, `since=${since}`, { signal, silence: STREAM_SILENCE });
  answer.setEncoding('utf8');
  let rest = '';
  for await (const chunk of answer) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseMessage(line);
      const event: string = message.event;
      if (event === 'open') onOpen();
      else if (event !== 'keepalive') yield message;
    }
  }
}

/** The cards that a phone finally shows: the newest message of each sequence, without deleted ones. */
export function visibleCards(messages: readonly NtfyMessage[]): NtfyMessage[] {
  const cards = new Map<string, NtfyMessage>();
  for (const message of messages) {
    const key = message.sequence_id ?? message.id;
    cards.delete(key);
    if (message.event === 'message') cards.set(key, message);
  }
  return [...cards.values()];
}

/** node:http, because fetch cannot set the source address. Throws unless the answer is 200. */
async function get(
  { port, topic, authorization, localAddress }: ReadOptions,
  query: string,
  { silence, signal }: { silence: number; signal?: AbortSignal },
): Promise<IncomingMessage> {
  const headers = authorization === undefined ? {} : { authorization };
  const path = `/${topic}/json?${query}`;
  const options = { host: '127.0.0.1', port, path, headers, localAddress, agent: false, signal };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(options, resolve);
    call.setTimeout(silence, () => call.destroy(new Error(`ntfy did not answer within ${silence / 1000} s`)));
    call.once('error', reject);
    call.end();
  });
  if (answer.statusCode === 200) return answer;
  throw new Error(`ntfy refused to be read: ${answer.statusCode} ${await text(answer)}`);
}

function parseMessage(line: string): NtfyMessage {
  const value: NtfyMessage = JSON.parse(line);
  if (typeof value.id !== 'string' || typeof value.event !== 'string')
    throw new Error(`No ntfy message: ${line}`);
  return value;
}
