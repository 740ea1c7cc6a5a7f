import type { Publication } from '../../machines/outbox/machine.ts';
import type { Failure, Form } from '../../machines/domain.ts';

/**
 * How a card leaves the phone's screen, the best way first: DELETE removes it. `GET …/clear` only dismisses it from the
 * drawer (the app's list keeps it, as read), but is a GET, which firewalls let through (measured on 2.27; the documented
 * PUT is rejected where DELETE is). A last silent update leaves a card that says it is over.
 */
const REMOVAL_METHODS = ['delete', 'clear', 'update'] as const;
export type Way = (typeof REMOVAL_METHODS)[number];

/** Milliseconds for which DELETE is not tried again where it was rejected. */
const RETRY_DELETE_AFTER = 6 * 60 * 60_000;

/** The requests that take one card away. */
export interface RemovalRequests {
  delete: () => Promise<Publication>;
  clear: () => Promise<Publication>;
  update: () => Promise<Publication>;
}

/** Remembers which way works on this server. */
export interface Removal {
  /** @param form another one than `full` avoids DELETE: it was rejected */
  takeAway(form: Form, requests: RemovalRequests): Promise<Publication>;
}

/**
 * @param onRejected hears, each time that it is found out, that DELETE does not reach ntfy, and what is done instead
 */
export function createRemoval(onRejected: (instead: Way) => void, now: () => number): Removal {
  let known = { first: 0, at: -Infinity };
  const isFresh = () => Math.abs(now() - known.at) < RETRY_DELETE_AFTER;
  return {
    async takeAway(form, requests) {
      const first = form !== 'full' ? REMOVAL_METHODS.length - 1 : isFresh() ? known.first : 0;
      for (const [index, way] of REMOVAL_METHODS.entries()) {
        if (index < first) continue;
        const publication = await requests[way]();
        if (way !== 'update' && !publication.ok && isRejectedOnTheWay(publication.failure)) continue;
        // Several that are on their way at once find out the same.
        if (publication.ok && index > first && !(isFresh() && known.first === index)) {
          known = { first: index, at: now() };
          onRejected(way);
        }
        return publication;
      }
      throw new Error('the last way always returns');
    },
  };
}

/** Whether something on the way rejected the request for what it is, so that another kind of request may pass. */
function isRejectedOnTheWay({ reason, kind, answer }: Failure): boolean {
  if (reason === 'not-ntfy') return true;
  return reason === 'in-front' && (kind === 'misdirected' || kind === 'rejected' || answer?.status === 501);
}
