import type { Patch, PatchLog } from './patch-log.ts';

/** One message: HTML elements with IDs. Empty: a heartbeat. */
export interface Message {
  /** What the viewer sends when it reconnects. Empty until it has received the whole page once. */
  id: string;
  html: string;
}

/** One open stream, as its HTTP handler uses it. */
export interface Viewer {
  /** Resolves with the next message; `null` at the end. */
  next(): Promise<Message | null>;
  leave(): void;
}

/** One open stream, as the broadcast uses it. */
export interface ViewerFeed extends Viewer {
  /** There may be patches. After a heartbeat there is a message, even an empty one. */
  notify(isHeartbeat: boolean): void;
  /** Adds patches for this viewer only, which replace older ones of the same elements. */
  deliver(patches: readonly Patch[]): void;
}

export interface ViewerFeedOptions {
  patchLog: PatchLog;
  /** The first message; empty for a viewer that reconnected. */
  first: string;
  /** The rows that are not in the first message. */
  rest: Iterator<Patch> | null;
  /** The version after both. */
  after: number;
  onLeave: (feed: ViewerFeed) => void;
}

/** Heartbeats without a read after which a viewer is disconnected. */
const MAX_HEARTBEATS_UNREAD = 3;

/** Approximate characters of a message. The next one is rendered after this one was sent. */
const MAX_MESSAGE = 32_768;

/** Marks the end of the list of rows. */
const END = '<li id="torrents-end" data-end="torrents"></li>';

const textOf = ([id, html]: Patch): string => html ?? `<li id="${id}" data-gone></li>`;

/** The position of a viewer in its messages. */
function createCursor({ patchLog, first, rest, after }: Omit<ViewerFeedOptions, 'onLeave'>) {
  const own = new Map<string, string>();
  let version = after;

  /** The next rows of the first rendering. */
  function takeRest(elements: Iterator<Patch>): string {
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

  function takePatches(): string | null {
    const read = patchLog.read(version, MAX_MESSAGE);
    if (read === null) return null;
    version = read.to;
    return read.patches.map(textOf).join('');
  }

  function takeNext(): string | null {
    if (first === '') return rest === null ? takePatches() : takeRest(rest);
    const html = first;
    first = '';
    return html;
  }

  return {
    deliver(patches: readonly Patch[]): void {
      for (const patch of patches) own.set(patch[0], textOf(patch));
    },
    /** The next message, which may be empty; `null` if the log no longer has all patches for this viewer. */
    take(): Message | null {
      const next = takeNext();
      if (next === null) return null;
      const html = next + [...own.values()].join('');
      own.clear();
      return { id: rest === null ? patchLog.name(version) : '', html };
    },
  };
}

/**
 * Only the position in the patch log is stored for a viewer: its messages are rendered when it reads them, with the newest
 * patch of each element, however slowly it reads.
 */
export function createViewerFeed({ onLeave, ...options }: ViewerFeedOptions): ViewerFeed {
  const cursor = createCursor(options);
  let heartbeatsUnread = 0;
  /** A message is due, even an empty one. */
  let isDue = true;
  let isReading = false;
  let hasLeft = false;
  let notified = Promise.withResolvers<void>();

  const feed: ViewerFeed = {
    notify(isHeartbeat) {
      if (isHeartbeat && !isReading) heartbeatsUnread += 1;
      if (heartbeatsUnread > MAX_HEARTBEATS_UNREAD) return feed.leave();
      isDue ||= isHeartbeat;
      notified.resolve();
    },
    deliver: (patches) => cursor.deliver(patches),
    async next() {
      heartbeatsUnread = 0;
      isReading = true;
      const message = await takeWhenDue();
      isReading = false;
      return message;
    },
    leave() {
      if (hasLeft) return;
      hasLeft = true;
      notified.resolve();
      onLeave(feed);
    },
  };

  async function takeWhenDue(): Promise<Message | null> {
    for (;;) {
      if (hasLeft) return null;
      const message = cursor.take();
      if (message === null) feed.leave();
      else if (message.html !== '' || isDue) {
        isDue = false;
        return message;
      } else {
        await notified.promise;
        notified = Promise.withResolvers();
      }
    }
  }

  return feed;
}
