import type { Change, Journal } from './journal.ts';

/** What is sent at once: fragments of HTML, each an element with an ID. Empty: nothing but a sign of life. */
export interface Message {
  /** Where the viewer is after it: what it shows when it comes back. Empty while it has not got everything once. */
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
  /** Hears that there may be something new; after a heartbeat there is a message in any case. */
  wake(isHeartbeat: boolean): void;
  /** Puts in what only this viewer gets, in the place of older ones of the same elements. */
  deliver(changes: readonly Change[]): void;
}

export interface MailboxOptions {
  journal: Journal;
  /** What the viewer gets before everything else; empty where it has it. */
  first: string;
  /** What is missing in it, element by element. */
  rest: Iterator<Change> | null;
  /** The version that it has with both. */
  after: number;
  onLeave: (mailbox: Mailbox) => void;
}

/** Heartbeats that a viewer may let pass without asking for a message: then it is gone, or far too slow. */
const MAX_HEARTBEATS_UNREAD = 3;

/** Characters of a message, about. The next one is made when this one is on its way. */
const MAX_MESSAGE = 32_768;

/** Says that the rows of a list are all there. */
const END = '<li id="torrents-end" data-end="torrents"></li>';

const textOf = ([id, html]: Change): string => html ?? `<li id="${id}" data-gone></li>`;

/** Where a viewer is in what there is for it. */
function createPlace({ journal, first, rest, after }: Omit<MailboxOptions, 'onLeave'>) {
  const own = new Map<string, string>();
  let at = after;

  /** The next part of what was there before. */
  function takeRest(elements: Iterator<Change>): string {
    let html = '';
    while (html.length < MAX_MESSAGE) {
      const { done, value } = elements.next();
      if (done !== true) html += textOf(value);
      else {
        rest = null;
        return html + END;
      }
    }
    return html;
  }

  function takeChanges(): string | null {
    const read = journal.read(at, MAX_MESSAGE);
    if (read === null) return null;
    at = read.to;
    return read.changes.map(textOf).join('');
  }

  function takeNext(): string | null {
    if (first === '') return rest === null ? takeChanges() : takeRest(rest);
    const html = first;
    first = '';
    return html;
  }

  return {
    deliver(changes: readonly Change[]): void {
      for (const change of changes) own.set(change[0], textOf(change));
    },
    /** The next message, which may be empty; `null` where it is too long ago that the viewer took one. */
    take(): Message | null {
      const next = takeNext();
      if (next === null) return null;
      const html = next + [...own.values()].join('');
      own.clear();
      return { id: rest === null ? journal.name(at) : '', html };
    },
  };
}

/**
 * Nothing is kept for a viewer but its place in the journal: what it has not taken yet is read when it asks for it, of
 * each element the newest, however slowly it reads.
 */
export function createMailbox({ onLeave, ...options }: MailboxOptions): Mailbox {
  const place = createPlace(options);
  let missed = 0;
  /** A message is due, even an empty one. */
  let isDue = true;
  let isAsked = false;
  let over = false;
  let woken = Promise.withResolvers<void>();

  const mailbox: Mailbox = {
    wake(isHeartbeat) {
      if (isHeartbeat && !isAsked) missed += 1;
      if (missed > MAX_HEARTBEATS_UNREAD) return mailbox.leave();
      isDue ||= isHeartbeat;
      woken.resolve();
    },
    deliver: (changes) => place.deliver(changes),
    async next() {
      missed = 0;
      isAsked = true;
      const message = await takeWhenDue();
      isAsked = false;
      return message;
    },
    leave() {
      if (over) return;
      over = true;
      woken.resolve();
      onLeave(mailbox);
    },
  };

  async function takeWhenDue(): Promise<Message | null> {
    for (;;) {
      if (over) return null;
      const message = place.take();
      if (message === null) mailbox.leave();
      else if (message.html !== '' || isDue) {
        isDue = false;
        return message;
      } else {
        await woken.promise;
        woken = Promise.withResolvers();
      }
    }
  }

  return mailbox;
}
