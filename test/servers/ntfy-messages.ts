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

/** `?poll=1&since=all`: everything cached, oldest first, all versions of each sequence. */
export async function readMessages(options: ReadOptions): Promise<NtfyMessage[]> {
  const answer = await get(options);
  const body = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`ntfy refused to be read: ${answer.statusCode} ${body}`);
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map(parseMessage);
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

/** node:http, because fetch cannot set the source address. */
function get({ port, topic, authorization, localAddress }: ReadOptions): Promise<IncomingMessage> {
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise((resolve, reject) => {
    const path = `/${topic}/json?poll=1&since=all`;
    const call = request({ host: '127.0.0.1', port, path, headers, localAddress, agent: false }, resolve);
    call.setTimeout(30_000, () => call.destroy(new Error('ntfy did not answer within 30 s')));
    call.once('error', reject);
    call.end();
  });
}

function parseMessage(line: string): NtfyMessage {
  const value: NtfyMessage = JSON.parse(line);
  if (typeof value.id !== 'string' || typeof value.event !== 'string')
    throw new Error(`No ntfy message: ${line}`);
  return value;
}
