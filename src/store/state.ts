/** What is stored: torrent records, facts and the name of the instance; how each is read back. */
import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Hash, Observation, Phase, Stage, TorrentRecord } from '../../machines/domain.ts';
import { NO_TAGS } from '../../machines/routing/fields.ts';
import { ALERTS, digestId } from './digest-schema.ts';
import { remoteRecord } from './remote.ts';
import { routingFields } from './routing-fields.ts';
import { FILE } from './database.ts';
import type { Changes } from './database.ts';
import type { HistoryList } from './history.ts';
import type { Content } from './recovery.ts';

const PHASES: Record<Phase, Phase> = {
  metadata: 'metadata',
  queued: 'queued',
  downloading: 'downloading',
  stalled: 'stalled',
  stopped: 'stopped',
  unselected: 'unselected',
  checking: 'checking',
  moving: 'moving',
  failed: 'failed',
  complete: 'complete',
  unknown: 'unknown',
};
/** The stored name of each stage is that of version 0.1.0. */
const STORED_STAGES = {
  tracked: 'following',
  completing: 'completing',
  completed: 'dismissing',
  removed: 'withdrawing',
} as const satisfies Record<Stage, string>;
const STAGES = {
  following: 'tracked',
  completing: 'completing',
  dismissing: 'completed',
  withdrawing: 'removed',
} as const satisfies Record<(typeof STORED_STAGES)[Stage], Stage>;

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const otherHash = hash.nullable().catch(null);
const count = z.number().nonnegative().catch(0);
const optionalCount = z.number().nullable().catch(null);
const optionalText = z.string().nullable().catch(null);

const observation: z.ZodType<Observation> = z.looseObject({
  hash,
  v1: otherHash,
  v2: otherHash,
  name: optionalText,
  phase: z.enum(PHASES).catch('unknown'),
  progress: z.number().min(0).max(1).catch(0),
  size: count,
  speed: count,
  eta: optionalCount,
  downloaded: count,
  duration: optionalCount,
  ratio: optionalCount,
  addedAt: count,
  finishedAt: optionalCount,
  category: optionalText,
  tags: z.array(z.string()).readonly().catch(NO_TAGS),
  tracker: optionalText,
  path: optionalText,
  private: z.boolean().nullable().catch(null),
});

/** Its own card, or the ID of a digest. */
const completionCard = z.union([z.literal('own'), digestId]);

const estimate = z.looseObject({ arrival: optionalCount, at: count, corrections: count });
const cardState = z.looseObject({
  percent: count,
  phase: z.enum(PHASES).catch('unknown'),
  estimate: z.exactOptional(estimate),
});

/**
 * How a stored record is read: the one place that names its stored fields (the compiler reports one that is missing
 * here). A field that an older version did not write gets a neutral value; a field of a newer version stays unchanged,
 * because both versions may use the file in turn. A record without its hashes or its stage is invalid.
 */
const recordSchema: z.ZodType<TorrentRecord> = z
  .looseObject({
    key: hash,
    hash,
    told: cardState.nullable().catch(null),
    highest: count,
    received: z.boolean().catch(false),
    card: z.boolean().catch(false),
    since: count,
    stage: z.enum(STORED_STAGES),
    alert: z.enum(ALERTS).nullable().catch(null),
    sounded: z.partialRecord(z.enum(ALERTS), z.number()).catch({}),
    again: hash.nullable().catch(null),
    finished: observation.nullable().catch(null),
    finishHookAt: optionalCount,
    quiet: z.boolean().catch(false),
    completionCard: completionCard.nullable().catch(null),
    remote: remoteRecord.nullable().catch(null),
    ...routingFields,
  })
  .transform(({ told, again, stage, ...record }): TorrentRecord => ({
    ...record,
    shown: told,
    readdedAs: again,
    // A completion without its observation cannot be sent: the torrent is polled, and found complete, again.
    stage: stage === 'completing' && record.finished === null ? 'tracked' : STAGES[stage],
  }));

/** A record with its stored field names, which are those of version 0.1.0. */
const storedRecord = ({ shown, readdedAs, stage, ...record }: TorrentRecord) => ({
  ...record,
  told: shown,
  again: readdedAs,
  stage: STORED_STAGES[stage],
});

/** All that is stored, in memory: a new file is written from it. Facts are JSON texts. */
export interface State {
  records: Map<Hash, TorrentRecord>;
  facts: Map<string, string>;
}

/** The names of what changed since the last write, and the torrents that ended. */
export interface Unsaved {
  records: Set<Hash>;
  facts: Set<string>;
  history: HistoryList;
}

/** Whether everything is written. */
export const isEmpty = ({ records, facts, history }: Unsaved): boolean =>
  records.size + facts.size + history.size() === 0;

/** Parses the content of a file. `invalid` counts the rows that cannot be parsed: they stay in the file. */
export function parseState(content: Content): { state: State; invalid: number } {
  const state: State = { records: new Map(), facts: new Map() };
  for (const [name, text] of content.records) {
    const { data } = recordSchema.safeParse(parse(text));
    if (data?.key === name) state.records.set(name, data);
  }
  for (const [text, value] of content.facts) {
    const name = parse(text);
    if (typeof name === 'string' && parse(value) !== undefined) state.facts.set(name, value);
  }
  const valid = state.records.size + state.facts.size;
  return { state, invalid: content.records.size + content.facts.size - valid };
}

/** The names of all that is stored, and of what was deleted but is still in an old file. */
export function allNames({ records, facts }: State, unsaved: Unsaved): Unsaved {
  return {
    records: new Set([...records.keys(), ...unsaved.records]),
    facts: new Set([...facts.keys(), ...unsaved.facts]),
    history: unsaved.history,
  };
}

/** The rows of what changed. */
export function changesOf({ records, facts }: State, unsaved: Unsaved): Changes {
  return {
    records: new Map(
      Array.from(unsaved.records, (key) => {
        const record = records.get(key);
        return [key, record === undefined ? null : (toText(storedRecord(record)) ?? null)];
      }),
    ),
    // JSON can represent half a surrogate pair, SQLite's text cannot.
    facts: new Map(Array.from(unsaved.facts, (name) => [JSON.stringify(name), facts.get(name) ?? null])),
    history: unsaved.history.entries(),
  };
}

/** `undefined` for a value that JSON cannot represent. */
export function toText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** `undefined` for invalid JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The instance name of a sidecar without `STATE_DIR`, or with a state file from before instance names. */
export const SHARED_INSTANCE = 'qbit';

/** The fact that holds the instance name of a state file. */
export const INSTANCE_FACT = 'instance';

const INSTANCE_ROW = JSON.stringify(INSTANCE_FACT);
const INSTANCE_NAME = new RegExp(`^"(${SHARED_INSTANCE}-[0-9a-f]{6})"`);
const INSTANCE_LENGTH = `"${SHARED_INSTANCE}-xxxxxx"`.length;

/**
 * Creates an instance name for a new state file, so that two sidecars that publish to one topic without `INSTANCE_NAME`
 * do not replace each other's cards. Not the host name: in Kubernetes it changes with each pod.
 */
export function createInstance(): string {
  return `${SHARED_INSTANCE}-${randomBytes(3).toString('hex')}`;
}

/** The instance name in a fact's JSON text. */
export function instanceOf(text: string | undefined): string | null {
  return INSTANCE_NAME.exec(text ?? '')?.[1] ?? null;
}

/**
 * The instance name in a state file that is damaged, or in use by another process; `null` where none is found. It is
 * the text behind the name of its fact; in a record's text the quotes would be escaped. Never throws.
 *
 * Not for a file that this process has open: closing it here would release SQLite's lock.
 */
export function findInstance(path: string): string | null {
  for (const file of [path, `${path}-wal`]) {
    const bytes = readRegularFile(file);
    for (let at = bytes.indexOf(INSTANCE_ROW); at >= 0; at = bytes.indexOf(INSTANCE_ROW, at + 1)) {
      const from = at + INSTANCE_ROW.length;
      const name = instanceOf(bytes.toString('latin1', from, from + INSTANCE_LENGTH));
      if (name !== null) return name;
    }
  }
  return null;
}

function readRegularFile(path: string): Buffer {
  try {
    if (lstatSync(path).isFile()) return readFileSync(path);
  } catch {}
  return Buffer.alloc(0);
}

/** The instance name that a state folder gives to a sidecar without `INSTANCE_NAME`. */
export type StoredInstance = { kind: 'own'; name: string } | { kind: 'shared' } | { kind: 'new' };

/** Reads it without opening the store, which a running sidecar may be using. `new`: there is no state file yet. */
export function readInstance(dir: string | null): StoredInstance {
  if (dir === null) return { kind: 'shared' };
  const path = join(dir, FILE);
  const name = findInstance(path);
  if (name !== null) return { kind: 'own', name };
  return readRegularFile(path).length > 0 ? { kind: 'shared' } : { kind: 'new' };
}
