/** The faults and actions of a run, in order. */

/** One entry. */
export interface Entry {
  /** `Date.now()`. */
  at: number;
  /** Its kind: entries are counted by it. */
  kind: string;
  detail: string;
}

/** The log of a run. */
export interface Journal {
  note(kind: string, detail?: string): void;
  readonly entries: readonly Entry[];
  /** How often each kind occurred, most frequent first. */
  counts(): Array<[kind: string, count: number]>;
  /** The number of entries of a kind. */
  count(kind: string): number;
  /** Milliseconds since the run began, as `12.345 s`. */
  clock(at: number): string;
}

export function createJournal(): Journal {
  const began = Date.now();
  const entries: Entry[] = [];
  return {
    entries,
    note: (kind, detail = '') => void entries.push({ at: Date.now(), kind, detail }),
    counts: () =>
      [...Map.groupBy(entries, ({ kind }) => kind)]
        .map(([kind, { length }]): [string, number] => [kind, length])
        .toSorted(([, a], [, b]) => b - a),
    count: (kind) => entries.filter((entry) => entry.kind === kind).length,
    clock: (at) => `${((at - began) / 1000).toFixed(3)} s`,
  };
}
