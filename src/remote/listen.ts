/** Reads the presses of buttons from the command topic. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import { err, hostOf, request } from '../http/request.ts';
import { authorization } from '../ntfy/client.ts';
import { failureOfReply } from '../ntfy/reply-failure.ts';
import { MAX_LINE_LENGTH, readEvent } from './events.ts';
import type { StreamEvent } from './events.ts';
import { splitLines } from './lines.ts';
import { createPace } from './pace.ts';
import { createPressReader } from './presses.ts';
import type { PressListener, PressReaderOptions } from './presses.ts';

/** What `listen` reports. None of the functions may throw. */
export interface Listener extends PressListener {
  /** The stream works: the server has sent its first event. */
  onOpen: () => void;
}

export interface ListenOptions extends Listener, Pick<PressReaderOptions, 'codec' | 'now'> {
  ntfy: Pick<Config['ntfy'], 'server' | 'auth' | 'proxy'>;
  topic: string;
  /** The ID of a message, or a duration such as `10m`. After an unknown ID the server sends all that it has stored. */
  since: string;
  /** Ends the stream. */
  signal: AbortSignal;
  /** Milliseconds without any data after which the stream counts as lost. Default: 100 s, two of ntfy's keepalives. */
  silence?: number;
  /**
   * Milliseconds without a moment in which everything that has arrived was read, after which the stream ends: what was sent
   * by a server that is gone can take hours to read. Default: ten minutes.
   */
  maxBacklog?: number;
}

/** ntfy sends a keepalive every 45 s. */
const SILENCE = 100_000;

/** What has waited for longer has no effect: see `MAX_PRESS_AGE` in ./presses.ts. */
const MAX_BACKLOG = 600_000;

/**
 * A flood is read at this pace, and the rest waits at the server. With the image's flags a message costs 3 µs, and 60 µs if
 * it arrives alone; a megabyte costs 14 ms.
 */
const PACE = { lines: 4000, bytes: 2_097_152 };

/**
 * Reads the stream of the command topic until it ends, fails, is silent for too long or is aborted. Neither retries nor
 * logs. Junk costs neither memory nor a call of `onCursor` for each message, and is read at a limited pace.
 *
 * @example
 * const failure = await listen({ ntfy, topic, codec, since: '10m', now: Date.now, signal, ...listener });
 */
export async function listen(options: ListenOptions): Promise<Failure> {
  const { ntfy, topic, since, signal, silence = SILENCE, maxBacklog = MAX_BACKLOG } = options;
  const { server, auth, proxy } = ntfy;
  const host = hostOf(server);
  const [foreign, flooded] = [new AbortController(), new AbortController()];
  const receiver = createReceiver(options, () => foreign.abort());
  const pace = createPace(PACE);
  /** Since when something has always been waiting. */
  let behindSince: number | null = null;
  const reply = await request(`${server}/${topic}/json?since=${encodeURIComponent(since)}`, {
    headers: authorization(auth),
    proxy,
    silence,
    signal: AbortSignal.any([signal, foreign.signal, flooded.signal]),
    async take(piece) {
      const lines = receiver.take(piece);
      const pause = pace(lines, Buffer.byteLength(piece));
      behindSince = pause < 1 ? null : (behindSince ?? performance.now());
      if (behindSince === null) return;
      if (performance.now() - behindSince >= maxBacklog) return flooded.abort();
      // Aborted: the request ends anyway.
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    },
  });
  receiver.end();
  if (flooded.signal.aborted) return err('protocol', `${host} sends more than is read`).failure;
  if (foreign.signal.aborted || (reply.ok && isSuccess(reply.value.status) && !receiver.isOpen()))
    return err('misdirected', `${host} does not answer like an ntfy server`, 'not-ntfy').failure;
  if (!reply.ok) return reply.failure;
  const refused = failureOfReply(reply.value, host, 0);
  return refused ?? err('unreachable', `${host} closed the connection`, 'connection-closed').failure;
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** @param onForeign called if the stream does not begin as ntfy's: it may be a page of something else, without an end */
function createReceiver({ signal, onOpen, ...options }: ListenOptions, onForeign: () => void) {
  const presses = createPressReader(options);
  let state: 'new' | 'open' | 'foreign' = 'new';
  let lines = 0;
  let length = 0;

  function begin(event: StreamEvent): void {
    state = event.kind === 'open' ? 'open' : 'foreign';
    if (event.kind !== 'open') return onForeign();
    presses.read(event);
    onOpen();
  }

  const split = splitLines(MAX_LINE_LENGTH, {
    onLine(line) {
      lines += 1;
      // A press can end the stream while the rest of a piece is read.
      if (line === '' || state === 'foreign' || signal.aborted) return;
      const event = readEvent(line);
      if (state === 'new') begin(event);
      else presses.read(event);
    },
    onLongLine() {
      lines += 1;
      if (state === 'open') presses.read({ kind: 'junk', id: null });
    },
  });
  return {
    isOpen: () => state === 'open',
    /** Returns how many lines were in it. */
    take(piece: string): number {
      lines = 0;
      split(piece);
      length += piece.length;
      if (state === 'new' && length > MAX_LINE_LENGTH) onForeign();
      return lines;
    },
    end: presses.end,
  };
}
