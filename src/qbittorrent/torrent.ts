import * as z from 'zod';
import type { Observation } from '../../machines/domain.ts';
import { categoryOf, pathOf, tagsOf, trackerOf } from './fields.ts';
import { phaseOf } from './phase.ts';

/** qBittorrent's value for "unknown" (also of a stopped torrent), in seconds. */
const UNKNOWN_ETA = 8_640_000;

const count = z.number().nonnegative().catch(0);
const seconds = z.number().nullable().catch(null);
/** A missing field is valid, as in versions that do not report it. */
const text = z.string().nullish().catch(null);
const hex = z.string().toLowerCase();
/** An empty string is valid, and common: zod's `catch` takes ten times as long as a match. */
const otherHash = hex
  .regex(/^(?:[0-9a-f]{40,64})?$/)
  .nullish()
  .catch(null);

/**
 * The used fields of one entry of `torrents/info`. Only the hash must be valid: any other missing or invalid field
 * (versions differ, see qBittorrent's `serialize_torrent.cpp`) has a neutral default.
 */
export const torrentSchema = z
  .object({
    hash: hex.regex(/^[0-9a-f]{40}$/),
    infohash_v1: otherHash,
    infohash_v2: otherHash,
    name: z.string().catch(''),
    state: z.string().catch('unknown'),
    progress: z.number().min(0).max(1).catch(0),
    size: count,
    dlspeed: count,
    eta: seconds,
    downloaded: z.number().nonnegative().nullable().catch(null),
    time_active: seconds,
    seeding_time: seconds,
    completion_on: seconds,
    added_on: count,
    ratio: seconds,
    category: text,
    tags: text,
    tracker: text,
    save_path: text,
    private: z.boolean().nullish().catch(null),
  })
  .transform((torrent): Observation => ({
    hash: torrent.hash,
    // Equal for most torrents: one string in memory.
    v1: (torrent.infohash_v1 === torrent.hash ? torrent.hash : torrent.infohash_v1) || null,
    v2: torrent.infohash_v2?.slice(0, 40) || null,
    name: torrent.name === '' || torrent.name.toLowerCase() === torrent.hash ? null : torrent.name,
    phase: phaseOf(torrent.state, torrent.size),
    progress: torrent.progress,
    size: torrent.size,
    speed: torrent.dlspeed,
    eta: torrent.eta === null || torrent.eta < 0 || torrent.eta >= UNKNOWN_ETA ? null : torrent.eta,
    // The default is not 0, which would mean that nothing was downloaded.
    downloaded: torrent.downloaded ?? Math.round(torrent.progress * torrent.size),
    duration: durationOf(torrent),
    ratio: torrent.ratio === null || torrent.ratio < 0 ? null : torrent.ratio,
    addedAt: torrent.added_on,
    finishedAt: finishedAt(torrent.completion_on),
    category: categoryOf(torrent.category),
    tags: tagsOf(torrent.tags),
    tracker: trackerOf(torrent.tracker),
    path: pathOf(torrent.save_path),
    private: torrent.private ?? null,
  }));

interface Times {
  time_active: number | null;
  seeding_time: number | null;
  added_on: number;
  completion_on: number | null;
}

/**
 * The time in which the torrent was neither stopped nor finished; the time between adding and finishing may include days
 * of pause. Versions before 4.3.4 do not report the seeding time: the finish time limits the duration.
 */
function durationOf({ time_active: active, seeding_time: seeding, ...times }: Times): number | null {
  if (active === null || active <= 0) return null;
  if (seeding !== null) return Math.max(1, active - Math.max(0, seeding));
  const finished = finishedAt(times.completion_on);
  const limit = finished === null || times.added_on === 0 ? active : finished - times.added_on;
  return Math.max(1, Math.min(active, limit));
}

/** Unset is -1 (5.x), 0 (4.5) or 4294967295 (4.1). */
function finishedAt(completionOn: number | null): number | null {
  return completionOn === null || completionOn <= 0 || completionOn >= 4_294_967_295 ? null : completionOn;
}
