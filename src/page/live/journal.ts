/** What was removed and is still remembered: more than a viewer misses while it opens another stream. */
const MOST_GONE = 1000;

/** An element that was put or taken away; `null`: taken away. */
export type Change = readonly [id: string, html: string | null];

/** The newest of each element, and since which version: what a viewer that was away for a moment has missed. */
export interface Journal {
  /** Takes an element as it is now; nothing where it is as it was. */
  put(id: string, html: string): Change[];
  remove(id: string): void;
  /** What changed after a version; `null` where that can't be known any more. */
  since(version: string): Change[] | null;
  readonly version: string;
}

/** @param epoch tells versions of another journal apart */
export function createJournal(epoch: string): Journal {
  const there = new Map<string, { html: string; version: number }>();
  const gone = new Map<string, number>();
  let version = 0;
  /** Older versions can't be told what is gone. */
  let floor = 0;
  return {
    put(id, html) {
      if (there.get(id)?.html === html) return [];
      version += 1;
      there.set(id, { html, version });
      gone.delete(id);
      return [[id, html]];
    },
    remove(id) {
      if (!there.delete(id)) return;
      version += 1;
      gone.set(id, version);
      const [first] = gone;
      if (gone.size <= MOST_GONE || first === undefined) return;
      floor = first[1];
      gone.delete(first[0]);
    },
    since(text) {
      const [of, digits = ''] = text.split('.');
      const after = Number(digits);
      if (of !== epoch || !/^\d{1,15}$/.test(digits) || after < floor || after > version) return null;
      const put = [...there].filter(([, entry]) => entry.version > after);
      return [
        ...put.map(([id, { html }]) => [id, html] as const),
        ...[...gone].filter(([, at]) => at > after).map(([id]) => [id, null] as const),
      ];
    },
    get version() {
      return `${epoch}.${version}`;
    },
  };
}
