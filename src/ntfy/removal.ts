import type { Publication } from '../../machines/outbox/machine.ts';
import type { Failure, Form } from '../../machines/domain.ts';

/**
 * How to remove a card from the phone, in order of preference. DELETE removes it. `GET …/clear` only dismisses it from
 * the drawer (the app lists it as read), but firewalls allow GET (measured on 2.27; the documented PUT is rejected
 * wherever DELETE is). Otherwise a last silent update replaces its text.
 */
const REMOVAL_METHODS = ['delete', 'clear', 'update'] as const;
export type RemovalMethod = (typeof REMOVAL_METHODS)[number];

/** Milliseconds until DELETE is tried again after it was rejected. */
const RETRY_DELETE_AFTER = 6 * 60 * 60_000;

/** The requests that remove one card, by method. */
export interface RemovalRequests {
  delete: () => Promise<Publication>;
  clear: () => Promise<Publication>;
  update: () => Promise<Publication>;
}

/** Removes cards by the first method that this server accepts. */
export interface Removal {
  /** @param form any other than `full` uses the last method only: the others were rejected */
  remove(form: Form, requests: RemovalRequests): Promise<Publication>;
}

/** @param onRejected called each time DELETE turns out not to reach ntfy, with the method used instead */
export function createRemoval(onRejected: (instead: RemovalMethod) => void, now: () => number): Removal {
  /** The index of the method that was accepted last, and when it was found. */
  let found = { index: 0, at: -Infinity };
  const isFresh = () => Math.abs(now() - found.at) < RETRY_DELETE_AFTER;
  return {
    async remove(form, requests) {
      const first = form !== 'full' ? REMOVAL_METHODS.length - 1 : isFresh() ? found.index : 0;
      for (const [index, method] of REMOVAL_METHODS.entries()) {
        if (index < first) continue;
        const publication = await requests[method]();
        if (method !== 'update' && !publication.ok && isRejectedByProxy(publication.failure)) continue;
        // Concurrent removals have the same result: report it once.
        if (publication.ok && index > first && !(isFresh() && found.index === index)) {
          found = { index, at: now() };
          onRejected(method);
        }
        return publication;
      }
      throw new Error('the last method always returns');
    },
  };
}

/** Whether a proxy or firewall rejected the method or path, so that another kind of request may pass. */
function isRejectedByProxy({ reason, kind, answer }: Failure): boolean {
  if (reason === 'not-ntfy') return true;
  return reason === 'in-front' && (kind === 'misdirected' || kind === 'rejected' || answer?.status === 501);
}
