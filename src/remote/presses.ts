import type { Press } from '../../machines/remote/types.ts';
import { createBoundedMap } from '../util/bounded-map.ts';
import { throttle } from '../util/throttle.ts';
import type { Codec, CommandFault } from './codec.ts';
import type { StreamEvent } from './events.ts';
import { createServerClock } from './server-clock.ts';

/**
 * Why a message of the command topic has no effect. `old`: it was published more than ten minutes ago; `repeated`: the same
 * press was reported often enough.
 */
export type Rejection = CommandFault | 'old' | 'repeated';

/** What is reported of the messages of the command topic. */
export interface PressListener {
  onPress: (press: Press) => void;
  /**
   * The ID of the last message that was read: where the next stream continues. Called right after `onPress`, in the same
   * run, so that a kill repeats a press rather than losing it; for other messages at most once a minute, and at the end.
   */
  onCursor: (id: string) => void;
  onRejected: (reason: Rejection) => void;
}

export interface PressReaderOptions extends PressListener {
  codec: Pick<Codec, 'read'>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Milliseconds. A press that arrives later, because the stream was interrupted, has no effect. */
const MAX_PRESS_AGE = 600_000;

/** Milliseconds between two reports of the cursor without a press: each may be a write to the disk. */
const CURSOR_INTERVAL = 60_000;

/** How often a stream reports the same press: if someone publishes one many times, that costs as little as junk. */
const MAX_REPORTS = 10;

/** Presses that are counted for that. */
const MAX_COUNTED = 200;

/** Decides which events of one stream are valid presses. */
export function createPressReader({ codec, now, onPress, onCursor, onRejected }: PressReaderOptions) {
  const clock = createServerClock();
  const occasionally = throttle(CURSOR_INTERVAL);
  /** How often each text was reported. */
  const reports = createBoundedMap<string, number>(MAX_COUNTED);
  /** The last ID, if it is not reported yet. */
  let unreported: string | null = null;

  function report(): void {
    if (unreported !== null) onCursor(unreported);
    unreported = null;
  }

  function reject(reason: Rejection, id: string | null): void {
    onRejected(reason);
    unreported = id ?? unreported;
    if (unreported !== null) occasionally('cursor', report);
  }

  function readCommand({ time, id, text }: Extract<StreamEvent, { kind: 'command' }>): void {
    clock.observe(time);
    const reported = reports.get(text) ?? 0;
    if (reported >= MAX_REPORTS) return reject('repeated', id);
    const read = codec.read(text, now());
    if (!read.ok) return reject(read.reason, id);
    const age = clock.ageOf(time);
    if (age > MAX_PRESS_AGE) return reject('old', id);
    reports.set(text, reported + 1);
    onPress({ command: read.command, id, age });
    unreported = id;
    report();
  }

  return {
    read(event: StreamEvent): void {
      if (event.kind === 'junk') reject('malformed', event.id);
      else if (event.kind === 'command') readCommand(event);
      else clock.observe(event.time);
    },
    /** Reports the last cursor. */
    end: report,
  };
}
