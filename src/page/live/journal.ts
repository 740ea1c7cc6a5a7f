/** What was removed and is still remembered: more than a viewer misses while it opens another stream. */
const MAX_REMOVALS = 1000;

/** Entries that were replaced and are not yet cleared away, beside as many as there are elements. */
const MAX_STALE = 1000;

/** An element that was put or taken away; `null`: taken away. */
export type Change = readonly [id: string, html: string | null];

/** Some of what changed, in order. */
export interface Changes {
  changes: Change[];
  /** The version that a reader has with them. */
  to: number;
}

/** The newest of each element, and since which version. All viewers read the same one, each at its own pace. */
export interface Journal {
  /** Takes an element as it is now; nothing where it is as it was. */
  put(id: string, html: string): Change[];
  /** Takes an element away, also one that was never put: a viewer may have got it by itself. */
  remove(id: string): void;
  /** What changed after a version, about so many characters; `null` where that can't be known any more. */
  read(after: number, limit: number): Changes | null;
  /** A version as text, for a viewer to show when it comes back. */
  name(version: number): string;
  /** The version of such a text; `null` where what changed since can't be known. */
  parse(text: string): number | null;
  readonly version: number;
  /** Entries that are remembered, those among them that were replaced too. */
  readonly size: number;
}

interface Entry {
  id: string;
  html: string | null;
  version: number;
}

/** What changed after a version, about so many characters of it; of each element only the newest. */
function readLog(
  log: readonly Entry[],
  isCurrent: (entry: Entry) => boolean,
  { after, limit, version }: { after: number; limit: number; version: number },
): Changes {
  const changes: Change[] = [];
  let size = 0;
  for (let index = firstAfter(log, after); index < log.length; index += 1) {
    const entry = log[index];
    if (entry === undefined || !isCurrent(entry)) continue;
    if (size >= limit) return { changes, to: entry.version - 1 };
    changes.push([entry.id, entry.html]);
    size += entry.html?.length ?? 0;
  }
  return { changes, to: version };
}

/** @param epoch tells versions of another journal apart */
export function createJournal(epoch: string): Journal {
  const there = new Map<string, Entry>();
  const gone = new Map<string, Entry>();
  /** By version; those that were replaced are skipped. */
  let log: Entry[] = [];
  let version = 0;
  /** Older versions can't be told what is gone. */
  let floor = 0;
  const isCurrent = (entry: Entry) => (there.get(entry.id) ?? gone.get(entry.id)) === entry;

  function append(id: string, html: string | null): Entry {
    const replaced = there.get(id);
    // It waits to be cleared away; its text does not.
    if (replaced !== undefined) replaced.html = '';
    version += 1;
    const entry = { id, html, version };
    log.push(entry);
    return entry;
  }

  function tidy(): void {
    const [first] = gone.values();
    if (gone.size > MAX_REMOVALS && first !== undefined) {
      floor = first.version;
      gone.delete(first.id);
    }
    if (log.length > 2 * (there.size + gone.size) + MAX_STALE) log = log.filter(isCurrent);
  }

  return {
    put(id, html) {
      if (there.get(id)?.html === html) return [];
      there.set(id, append(id, html));
      gone.delete(id);
      tidy();
      return [[id, html]];
    },
    remove(id) {
      gone.set(id, append(id, null));
      there.delete(id);
      tidy();
    },
    read: (after, limit) => (after < floor ? null : readLog(log, isCurrent, { after, limit, version })),
    name: (version) => `${epoch}.${version}`,
    parse(text) {
      const [of, digits = ''] = text.split('.');
      const after = Number(digits);
      return of !== epoch || !/^\d{1,15}$/.test(digits) || after < floor || after > version ? null : after;
    },
    get version() {
      return version;
    },
    get size() {
      return log.length;
    },
  };
}

/** The index of the first entry of a later version. */
function firstAfter(log: readonly Entry[], after: number): number {
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((log[middle]?.version ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
