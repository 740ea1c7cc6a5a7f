import type { SnapshotFrom } from 'xstate';
import type { Failure } from '../domain.ts';
import { refill } from './budget.ts';
import type { Budget } from './budget.ts';
import { depth } from './lanes.ts';
import type { outboxMachine } from './machine.ts';
import { isLeaving, oldest } from './traffic.ts';

type Snapshot = SnapshotFrom<typeof outboxMachine>;

/** How many notifications wait in the lanes. */
export const selectWaiting = ({ context }: Snapshot): number => depth(context.lanes);

/** How many notifications are being sent. */
export const selectSending = ({ context }: Snapshot): number => context.inFlight.size;

/** How long the oldest notification that ntfy has not accepted has waited, in milliseconds; 0 where there is none. */
export function selectLongestWait({ context }: Snapshot): number {
  const since = oldest(context);
  return since === null ? 0 : Math.max(0, context.now() - since);
}

/** What ntfy allows now. */
export const selectBudget = ({ context }: Snapshot): Budget => refill(context.budget, context.now());

/** Whether ntfy updates cards in place; `null` until its first answer. */
export const selectLive = ({ context }: Snapshot): boolean | null => context.live;

/** Why the outbox pauses; `null` while ntfy accepts messages. */
export const selectPublishFailure = ({ context }: Snapshot): Failure | null => context.failure;

/**
 * Whether nothing is being sent, and no completion can be within so many milliseconds. Also once the outbox has ended.
 */
export const selectDrained = ({ context, status }: Snapshot, within: number): boolean =>
  status !== 'active' || !isLeaving(context, within);
