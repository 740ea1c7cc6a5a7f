/** The inputs of the requests of `remote`. */
import { hashFor } from './executing.ts';
import { startOf } from './presses.ts';
import type { ExecuteInput, RemoteContext } from './setup.ts';

/** Where the stream begins. */
export const streamInput = ({ context }: { context: RemoteContext }) => ({ since: startOf(context.remote) });

/** What is executed. */
export function executeInput({ context }: { context: RemoteContext }): ExecuteInput {
  const command = context.queue[0]?.press.command;
  const record = command === undefined ? undefined : context.findRecord(command.key);
  const hash = command === undefined ? null : hashFor(record, command);
  return { action: command?.action ?? 'keep', hash: hash ?? '', addedAt: record?.remote?.addedAt ?? 0 };
}
