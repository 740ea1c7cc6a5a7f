/** Listens to the command topic of a server, and records what is reported. */
import type { ServerResponse } from 'node:http';
import type { Press } from '../../machines/remote/types.ts';
import type { Config } from '../../src/config/index.ts';
import { listen } from '../../src/remote/listen.ts';
import type { ListenOptions } from '../../src/remote/listen.ts';
import { serve } from '../http/server.ts';
import { none } from '../ntfy/clients.ts';
import { codecOf, NOW } from './commands.ts';

export const TOPIC = 'commands';

type Options = Partial<
  Pick<ListenOptions, 'topic' | 'since' | 'silence' | 'maxBacklog' | 'now' | 'codec'>
> & {
  auth?: Config['ntfy']['auth'];
  proxy?: Config['ntfy']['proxy'];
  onPress?: (press: Press) => void;
};

/** `reports` has everything in its order: `open`, `press <id>`, `cursor <id>` and the reasons of rejections. */
export function startListening(server: string, options: Options = {}) {
  const { auth = none, proxy, onPress = () => {}, ...rest } = options;
  const control = new AbortController();
  const reports: string[] = [];
  const presses: Press[] = [];
  const failure = listen({
    ntfy: { server: server.replace(/\/$/, ''), auth, ...(proxy === undefined ? {} : { proxy }) },
    topic: TOPIC,
    codec: codecOf(),
    since: '10m',
    now: () => NOW,
    ...rest,
    signal: control.signal,
    onOpen: () => void reports.push('open'),
    onPress(press) {
      presses.push(press);
      reports.push(`press ${press.id}`);
      onPress(press);
    },
    onCursor: (id) => void reports.push(`cursor ${id}`),
    onRejected: (reason) => void reports.push(reason),
  });
  const stop = async () => {
    control.abort();
    await failure;
  };
  return {
    reports,
    presses,
    failure,
    count: (report: string) => reports.filter((each) => each === report).length,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Seconds since 1970, by ntfy's clock. */
export const TIME = 1_700_000_000;

interface Line {
  id?: string;
  time?: number;
  /** `null`: the server does not store it. */
  expires?: number | null;
  event?: string;
  message?: unknown;
}

/** A line of ntfy's stream, with the fields in ntfy's order. */
export function lineOf({
  id = 'id0000000000',
  time = TIME,
  event = 'message',
  message,
  ...rest
}: Line): string {
  const { expires = event === 'message' ? time + 43_200 : null } = rest;
  return `${JSON.stringify({ id, time, ...(expires === null ? {} : { expires }), event, topic: TOPIC, message })}\n`;
}

export const open = lineOf({ event: 'open' });
export const keepalive = lineOf({ event: 'keepalive' });

/** A server that begins its stream with these texts. */
export const serveStream = (...texts: string[]) => {
  const streams: ServerResponse[] = [];
  const server = serve((_, outgoing) => {
    streams.push(outgoing);
    for (const text of texts) outgoing.write(text);
  });
  return server.then((running) => ({
    ...running,
    streams,
    /** Continues the last stream. */
    send: (text: string) => void streams.at(-1)?.write(text),
  }));
};

/** Writes one piece after the other, as fast as they are read. */
export async function writeAll(
  outgoing: ServerResponse,
  pieces: Iterable<Uint8Array | string>,
): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => outgoing.write(piece, resolve));
    if (outgoing.destroyed) return;
  }
}
