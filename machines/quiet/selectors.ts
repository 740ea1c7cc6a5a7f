import type { SnapshotFrom } from 'xstate';
import type { quietMachine } from './machine.ts';

/** How many notifications without a sound the next digest contains. */
export const selectPendingCount = ({ context }: SnapshotFrom<typeof quietMachine>): number =>
  context.digest.members.size;
