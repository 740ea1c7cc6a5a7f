/** Removed elements in the log: more than a viewer misses while it reconnects. */
const MAX_REMOVALS = 1000;

/** Replaced entries in the log, in addition to as many as there are elements. */
const MAX_STALE_ENTRIES = 1000;

/** The new HTML of an element; `null`: it was removed. */
export type Patch = readonly [id: string, html: string | null];

/** A range of patches, in order. */
export interface Patches {
  patches: Patch[];
  /** The version after them. */
  to: number;
}

/** The newest patch of each element, by version. All viewers read the same log, each at its own pace. */
export interface PatchLog {
  /** Adds the HTML of an element; nothing if it is unchanged. */
  put(id: string, html: string): Patch[];
  /** Removes an element, also one that was never put: a viewer may have received it in its first message. */
  remove(id: string): void;
  /** The patches after a version, about `limit` characters; `null` if the log no longer has all of them. */
  read(after: number, limit: number): Patches | null;
  /** The ID of a version, which a viewer sends when it reconnects. */
  name(version: number): string;
  /** The version of an ID; `null` if the log does not have all patches since. */
  parse(text: string): number | null;
  readonly version: number;
  /** Entries in the log, replaced ones included. */
  readonly size: number;
}

interface Entry {
  id: string;
  html: string | null;
  version: number;
}

/** The patches after a version, about `limit` characters; only the newest of each element. */
function readLog(
  log: readonly Entry[],
  isCurrent: (entry: Entry) => boolean,
  { after, limit, version }: { after: number; limit: number; version: number },
): Patches {
  const patches: Patch[] = [];
  let size = 0;
  for (let index = firstAfter(log, after); index < log.length; index += 1) {
    const entry = log[index];
    if (entry === undefined || !isCurrent(entry)) continue;
    if (size >= limit) return { patches, to: entry.version - 1 };
    patches.push([entry.id, entry.html]);
    size += entry.html?.length ?? 0;
  }
  return { patches, to: version };
}

/** @param epoch distinguishes the versions of different logs */
export function createPatchLog(epoch: string): PatchLog {
  const present = new Map<string, Entry>();
  const removed = new Map<string, Entry>();
  /** By version; readers skip replaced entries. */
  let log: Entry[] = [];
  let version = 0;
  /** Removals before this version are no longer in the log. */
  let oldest = 0;
  const isCurrent = (entry: Entry) => (present.get(entry.id) ?? removed.get(entry.id)) === entry;

  function append(id: string, html: string | null): Entry {
    const replaced = present.get(id);
    // The entry stays until the log is compacted; its text is freed now.
    if (replaced !== undefined) replaced.html = '';
    version += 1;
    const entry = { id, html, version };
    log.push(entry);
    return entry;
  }

  function compact(): void {
    const [first] = removed.values();
    if (removed.size > MAX_REMOVALS && first !== undefined) {
      oldest = first.version;
      removed.delete(first.id);
    }
    if (log.length > 2 * (present.size + removed.size) + MAX_STALE_ENTRIES) log = log.filter(isCurrent);
  }

  return {
    put(id, html) {
      if (present.get(id)?.html === html) return [];
      present.set(id, append(id, html));
      removed.delete(id);
      compact();
      return [[id, html]];
    },
    remove(id) {
      removed.set(id, append(id, null));
      present.delete(id);
      compact();
    },
    read: (after, limit) => (after < oldest ? null : readLog(log, isCurrent, { after, limit, version })),
    name: (version) => `${epoch}.${version}`,
    parse(text) {
      const [of, digits = ''] = text.split('.');
      const after = Number(digits);
      return of !== epoch || !/^\d{1,15}$/.test(digits) || after < oldest || after > version ? null : after;
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
