import * as z from 'zod';
import type { Observation } from '../../machines/domain.ts';
import { categoryOf, pathOf, tagsOf, trackerOf } from './fields.ts';
import { phaseOf } from './phase.ts';

/** qBittorrent's value for "unknown" (also of a stopped torrent), in seconds. */
const UNKNOWN_ETA = 8_640_000;

const text = z.string();
const number = z.number();

/** The used fields of one entry of `torrents/info`, as qBittorrent 4.4 to 5.3 sends them (`serialize_torrent.cpp`). */
export const sentSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{40}$/i),
  infohash_v1: text,
  infohash_v2: text,
  name: text,
  state: text,
  progress: number,
  size: number,
  dlspeed: number,
  eta: number,
  downloaded: number,
  time_active: number,
  seeding_time: number,
  completion_on: number,
  added_on: number,
  ratio: number,
  category: text,
  tags: text,
  tracker: text,
  save_path: text,
  /** Since 5.0; unknown without metadata. */
  private: z.boolean().nullish(),
});

type Sent = z.output<typeof sentSchema>;
type Repaired = { [Field in keyof Sent]: Field extends 'hash' ? string : Sent[Field] | null };

/** Versions differ: any field but the hash may be missing or invalid, and is then unknown. */
const repaired = z.object({
  ...Object.fromEntries(
    Object.entries<z.ZodType>(sentSchema.shape).map(([name, field]) => [name, field.nullable().catch(null)]),
  ),
  hash: sentSchema.shape.hash,
}) as unknown as z.ZodType<Repaired>;

/** Nearly all entries are as expected, and checked without `catch`: it takes twice as long for each of thousands. */
const entrySchema = z.union([sentSchema, repaired]);

/** One entry of `torrents/info`; `null` without a valid hash. An unknown field has a neutral default. */
export function readTorrent(entry: unknown): Observation | null {
  const parsed = entrySchema.safeParse(entry);
  return parsed.success ? observationOf(parsed.data) : null;
}

function observationOf(entry: Repaired): Observation {
  const hash = lowerCase(entry.hash);
  const progress = isFraction(entry.progress) ? entry.progress : 0;
  const size = amount(entry.size) ?? 0;
  const { name, eta, ratio } = entry;
  return {
    hash,
    // Equal for most torrents: one string in memory.
    v1: entry.infohash_v1 === hash ? hash : otherHash(entry.infohash_v1),
    v2: otherHash(entry.infohash_v2)?.slice(0, 40) ?? null,
    name: name === null || name === '' || name.toLowerCase() === hash ? null : name,
    phase: phaseOf(entry.state ?? 'unknown', size),
    progress,
    size,
    speed: amount(entry.dlspeed) ?? 0,
    eta: eta === null || eta < 0 || eta >= UNKNOWN_ETA ? null : eta,
    // The default is not 0, which would mean that nothing was downloaded.
    downloaded: amount(entry.downloaded) ?? Math.round(progress * size),
    duration: durationOf(entry),
    ratio: ratio === null || ratio < 0 ? null : ratio,
    addedAt: amount(entry.added_on) ?? 0,
    finishedAt: finishedAt(entry.completion_on),
    category: categoryOf(entry.category),
    tags: tagsOf(entry.tags),
    tracker: trackerOf(entry.tracker),
    path: pathOf(entry.save_path),
    private: entry.private ?? null,
  };
}

const UPPER_CASE = /[A-Z]/;
const OTHER_HASH = /^[0-9a-f]{40,64}$/;

const isFraction = (value: number | null): value is number => value !== null && value >= 0 && value <= 1;

const amount = (value: number | null): number | null => (value === null || value < 0 ? null : value);

/** `toLowerCase` copies the text, also if nothing changes. */
const lowerCase = (hash: string): string => (UPPER_CASE.test(hash) ? hash.toLowerCase() : hash);

function otherHash(text: string | null): string | null {
  if (text === null || text === '') return null;
  const hash = lowerCase(text);
  return OTHER_HASH.test(hash) ? hash : null;
}

/**
 * The time in which the torrent was neither stopped nor finished; the time between adding and finishing may include days
 * of pause. Versions before 4.3.4 do not report the seeding time: the finish time limits the duration.
 */
function durationOf(entry: Repaired): number | null {
  const { time_active: active, seeding_time: seeding } = entry;
  if (active === null || active <= 0) return null;
  if (seeding !== null) return Math.max(1, active - Math.max(0, seeding));
  const finished = finishedAt(entry.completion_on);
  const added = amount(entry.added_on) ?? 0;
  const limit = finished === null || added === 0 ? active : finished - added;
  return Math.max(1, Math.min(active, limit));
}

/** Unset is -1 (5.x), 0 (4.5) or 4294967295 (4.1). */
function finishedAt(completionOn: number | null): number | null {
  return completionOn === null || completionOn <= 0 || completionOn >= 4_294_967_295 ? null : completionOn;
}
