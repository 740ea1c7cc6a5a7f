import type { SnapshotFrom } from 'xstate';
import type { Failure } from '../domain.ts';
import type { incidentMachine } from './machine.ts';

type Snapshot = SnapshotFrom<typeof incidentMachine>;

/** What fails; `null` while nothing does. */
export const selectIncidentFailure = ({ context, value }: Snapshot): Failure | null =>
  value === 'healthy' ? null : context.failure;

/** Whether the incident's card is shown. */
export const selectRaised = ({ value }: Snapshot): boolean => value === 'raised';
