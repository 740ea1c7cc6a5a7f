import type { SnapshotFrom } from 'xstate';
import type { quietMachine } from './machine.ts';
import type { QuietPeriod } from './types.ts';

/** How many notifications without a sound the next digest contains. */
export const selectPendingCount = ({ context }: SnapshotFrom<typeof quietMachine>): number =>
  context.digest.members.size;

/** Whether it is quiet now, and until when; `null`: there are no quiet hours at present. */
export const selectQuietPeriod = ({
  context: {
    digest: { hours, now },
  },
}: SnapshotFrom<typeof quietMachine>): QuietPeriod | null => hours()?.periodAt(now()) ?? null;
