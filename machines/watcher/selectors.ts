import type { SnapshotFrom } from 'xstate';
import type { Failure } from '../domain.ts';
import type { watcherMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof watcherMachine>;

/** How many torrents are polled. */
export const selectWatched = ({ context }: Snapshot): number => context.pollSet.hashes.size;

/** Why the last poll failed; `null` after one that succeeded. */
export const selectPollFailure = ({ context }: Snapshot): Failure | null => context.failure;
