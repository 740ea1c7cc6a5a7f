/** The command topic of the simulated world, and the store of presses. */
import type { StreamEvent } from '../../machines/remote/machine.ts';
import type {
  AcceptedPress,
  Command,
  Cursor,
  RemoteChange,
  StoredRemote,
} from '../../machines/remote/types.ts';
import type { RemoteActors } from '../../src/app/actors.ts';

/** What survives a kill. */
export interface ButtonStore {
  write: (change: RemoteChange) => void;
  stored: () => StoredRemote;
}

const nameOf = ({ command: { expiresAt: _, ...command } }: AcceptedPress) => JSON.stringify(command);

export function createButtonStore(): ButtonStore {
  const presses = new Map<string, AcceptedPress>();
  let cursor: Cursor | null = null;
  return {
    write(change) {
      if (change.type === 'cursor.save') cursor = change.cursor;
      else if (change.type === 'press.save') presses.set(nameOf(change.press), structuredClone(change.press));
      else presses.delete(nameOf(change.press));
    },
    stored: () => ({ presses: [...presses.values()], cursor }),
  };
}

/** The stream of a world. */
export interface StreamScript {
  /** Who reads the topic now; `null`: nobody. */
  reader: { since: string | null; report: (event: StreamEvent) => void } | null;
  /** How often it was opened. */
  opened: number;
  /** Whether ntfy lets the topic be read. */
  isReadable: boolean;
}

export const createStream = (): StreamScript => ({ reader: null, opened: 0, isReadable: true });

let messages = 0;

/** Publishes a press, which only a reader receives. */
export function pressOn({ reader }: StreamScript, command: Command, age = 0): boolean {
  if (reader === null) return false;
  messages += 1;
  const id = `message${messages}`;
  reader.report({ type: 'cursor.moved', id });
  reader.report({ type: 'press.received', press: { command, id, age } });
  return true;
}

export const createCommandTopic = ({ stream }: { stream: StreamScript }): Pick<RemoteActors, 'listen'> => ({
  listen(since, report) {
    stream.opened += 1;
    const reader = { since, report };
    if (stream.isReadable) {
      stream.reader = reader;
      report({ type: 'stream.opened' });
    } else report({ type: 'stream.failed', failure: { kind: 'unauthorized', message: 'forbidden' } });
    return () => {
      if (stream.reader === reader) stream.reader = null;
    };
  },
});
