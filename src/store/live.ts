import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import { createBatch } from './batch.ts';
import type { Health, Reporter } from './health.ts';
import { INSTANCE, SHARED_INSTANCE } from './instance.ts';
import type { Writer } from './keeper.ts';
import { changesOf, parse, toText } from './kept.ts';
import type { State, Unsaved } from './kept.ts';
import { urgencyOf } from './urgency.ts';

/**
 * What survives a restart. Nothing here throws, and nothing keeps the process alive.
 * No secret may be handed in: it would be on the disk as it is.
 */
export interface Store {
  /** What was kept, read once at the start. Rows that can't be understood are left out. */
  readonly records: readonly TorrentRecord[];
  readonly facts: ReadonlyMap<string, unknown>;
  /** What the cards of a sidecar without an `INSTANCE_NAME` are called by: this file's own name, or `qbit`. */
  readonly instance: string;
  /**
   * Keeps a record as it is now. When it returns, a completion survives a power loss (many at once: when the run of
   * the process ends, before anything could be sent), a new torrent survives the end of the process once the run
   * ends, and what a card shows is written within a second.
   */
  save(record: TorrentRecord): void;
  drop(key: Hash): void;
  /** `undefined`, or what JSON can't hold, removes it. */
  setFact(name: string, value: unknown): void;
  /** On disk, or in memory with the reason. A problem on disk is one that was mended: a damaged file was replaced. */
  readonly health: Health;
  /** Writes what is unsaved and lets the file go. What is saved later is lost. */
  close(): void;
}

interface Parts {
  instance: string;
  kept: State;
  unsaved: Unsaved;
  keeper: Writer;
  reporter: Reporter;
}

/** A store that tells the disk what has changed. */
export function createStore({ instance, kept, unsaved, keeper, reporter }: Parts): Store {
  let closed = false;
  const flush = (lasting: boolean, insist = false) => {
    if (closed || (!insist && unsaved.records.size + unsaved.facts.size === 0)) return;
    if (!keeper.write(() => changesOf(kept, unsaved), lasting, insist)) return;
    unsaved.records.clear();
    unsaved.facts.clear();
  };
  const batch = createBatch(flush);
  return {
    records: [...kept.records.values()],
    facts: new Map(
      [...kept.facts].flatMap(([name, text]) => (name === INSTANCE ? [] : [[name, parse(text)]])),
    ),
    instance,
    get health() {
      return reporter.health;
    },
    save(record) {
      const urgency = urgencyOf(kept.records.get(record.key), record);
      if (urgency === null || closed) return;
      kept.records.set(record.key, record);
      unsaved.records.add(record.key);
      batch.ask(urgency);
    },
    drop(key) {
      if (!kept.records.delete(key) || closed) return;
      unsaved.records.add(key);
      batch.ask('soon');
    },
    setFact(name, value) {
      const text = toText(value);
      if (text === kept.facts.get(name) || closed) return;
      if (text === undefined) kept.facts.delete(name);
      else kept.facts.set(name, text);
      unsaved.facts.add(name);
      batch.ask('now');
    },
    close() {
      batch.cancel();
      // Also when nothing is unsaved: it would notice that the files are gone.
      flush(true, true);
      closed = true;
      keeper.close();
    },
  };
}

/** A store that forgets, for who wants none. */
export function createMemory(): Store {
  return {
    records: [],
    facts: new Map(),
    instance: SHARED_INSTANCE,
    health: { kind: 'memory', problem: null },
    save() {},
    drop() {},
    setFact() {},
    close() {},
  };
}
