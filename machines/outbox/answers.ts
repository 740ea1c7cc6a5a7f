/** What the answer to a message shows. */
import type { DoneActorEvent, ErrorActorEvent } from 'xstate';
import { isServerFailure } from './attempts.ts';
import type { Failure, Result } from '../domain.ts';

/**
 * Whether ntfy echoed the sequence ID when it accepted a message, so that cards can be updated in place; `null` if its
 * answer could not be read.
 */
export type Publication = Result<{ live: boolean | null }>;

/** The end of a request. */
export type Settled = DoneActorEvent<Publication> | ErrorActorEvent;

/** The failure that an event reports; `null` for none. */
export function failureOf(event: { type: string } | Settled): Failure | null {
  if ('error' in event) return { kind: 'bug', message: 'a bug in this program' };
  return 'output' in event && !event.output.ok ? event.output.failure : null;
}

/** Whether a failure leaves open if the server or the message is its cause. */
export const isUndecided = (failure: Failure | null): boolean =>
  failure !== null && !isServerFailure(failure);

/** Whether ntfy echoed the sequence ID; `null` if unknown. */
export function echoOf(event: Settled): boolean | null {
  return 'output' in event && event.output.ok ? event.output.value.live : null;
}
