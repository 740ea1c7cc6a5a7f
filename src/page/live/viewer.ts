import type { Change } from './journal.ts';

/** What is sent at once: fragments of HTML, each an element with an ID. Empty: nothing but a sign of life. */
export interface Message {
  /** Where the viewer is after it: what it shows when it comes back. */
  id: string;
  html: string;
}

/** Somebody who looks. */
export interface Viewer {
  /** The next message, as soon as there is one; `null` at the end. */
  next(): Promise<Message | null>;
  leave(): void;
}

export interface Mailbox extends Viewer {
  /** Puts changes in, in the place of older ones of the same elements; a heartbeat is a message without any, too. */
  deliver(changes: readonly Change[], version: string, isHeartbeat: boolean): void;
}

/** Heartbeats that a viewer may leave untaken: then it is gone, or far too slow. */
const PATIENCE = 3;

/**
 * Removed elements that may wait for a viewer, whose number nothing else limits: beyond, it is sent away, and gets
 * everything anew when it comes back.
 */
const MAX_GONE = 10_000;

/** A viewer's mailbox: of each element the newest, however slowly it reads. */
export function createMailbox(onLeave: (mailbox: Mailbox) => void): Mailbox {
  const pending = new Map<string, string>();
  let version: string | null = null;
  let missed = 0;
  let gone = 0;
  let over = false;
  let wake = Promise.withResolvers<void>();
  const mailbox: Mailbox = {
    deliver(changes, next, isHeartbeat) {
      if (isHeartbeat && version !== null) missed += 1;
      if (missed >= PATIENCE) return mailbox.leave();
      if (changes.length === 0 && !isHeartbeat) return;
      for (const [id, html] of changes) {
        if (html === null) gone += 1;
        pending.set(id, html ?? `<li id="${id}" data-gone></li>`);
      }
      if (gone > MAX_GONE) return mailbox.leave();
      version = next;
      wake.resolve();
    },
    async next() {
      if (!over) await wake.promise;
      wake = Promise.withResolvers();
      if (over || version === null) return null;
      const message = { id: version, html: [...pending.values()].join('') };
      pending.clear();
      version = null;
      missed = 0;
      gone = 0;
      return message;
    },
    leave() {
      if (over) return;
      over = true;
      wake.resolve();
      onLeave(mailbox);
    },
  };
  return mailbox;
}
