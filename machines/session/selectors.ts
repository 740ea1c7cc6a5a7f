import type { SnapshotFrom } from 'xstate';
import type { Failure } from '../domain.ts';
import type { sessionMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof sessionMachine>;

/** qBittorrent's WebAPI version; `null` before the first login that succeeded. */
export const selectVersion = ({ context }: Snapshot): string | null => context.version;

/** Why the last login failed; `null` after one that succeeded. */
export const selectLoginFailure = ({ context }: Snapshot): Failure | null => context.failure;
