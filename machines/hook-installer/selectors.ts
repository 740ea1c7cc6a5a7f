import type { SnapshotFrom } from 'xstate';
import type { hookInstallerMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof hookInstallerMachine>;

/** Why the hooks are not as they should be, as text; `null` where nothing is wrong, or nothing known. */
export const selectReason = ({ context: { check, failure } }: Snapshot): string | null =>
  failure?.message ?? check?.reason ?? null;
