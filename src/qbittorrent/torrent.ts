import * as z from 'zod';
import type { Observation } from '../../machines/domain.ts';
import { phaseOf } from './phase.ts';

/** qBittorrent's value for "unknown" (also of a stopped torrent), in seconds. */
const UNKNOWN_ETA = 8_640_000;

const count = z.number().nonnegative().catch(0);
const seconds = z.number().nullable().catch(null);
const hex = z.string().toLowerCase();
/** Empty where there is none: of most torrents one, and to make up for a failure takes ten times as long. */
const otherHash = hex
  .regex(/^(?:[0-9a-f]{40,64})?$/)
  .nullish()
  .catch(null);

/**
 * One entry of `torrents/info`, as far as it is used. Only the hash must be right: any other field that is missing or
 * odd (versions differ, see qBittorrent's `serialize_torrent.cpp`) falls back to what says least.
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
  })
  .transform((torrent): Observation => ({
    hash: torrent.hash,
    // Of most the same text: one string for both.
    v1: (torrent.infohash_v1 === torrent.hash ? torrent.hash : torrent.infohash_v1) || null,
    v2: torrent.infohash_v2?.slice(0, 40) || null,
    name: torrent.name === '' || torrent.name.toLowerCase() === torrent.hash ? null : torrent.name,
    phase: phaseOf(torrent.state, torrent.size),
    progress: torrent.progress,
    size: torrent.size,
    speed: torrent.dlspeed,
    eta: torrent.eta === null || torrent.eta < 0 || torrent.eta >= UNKNOWN_ETA ? null : torrent.eta,
    // Where it is odd, not 0: that means "nothing to announce".
    downloaded: torrent.downloaded ?? Math.round(torrent.progress * torrent.size),
    duration: durationOf(torrent),
    ratio: torrent.ratio === null || torrent.ratio < 0 ? null : torrent.ratio,
    addedAt: torrent.added_on,
    finishedAt: finishedAt(torrent.completion_on),
  }));

interface Times {
  time_active: number | null;
  seeding_time: number | null;
  added_on: number;
  completion_on: number | null;
}

/**
 * The time in which it was neither stopped nor finished: days between adding and finishing say little. Before 4.3.4
 * nobody tells how much of it was seeding: it ended when the torrent was finished.
 */
function durationOf({ time_active: active, seeding_time: seeding, ...times }: Times): number | null {
  if (active === null || active <= 0) return null;
  if (seeding !== null) return Math.max(1, active - Math.max(0, seeding));
  const finished = finishedAt(times.completion_on);
  const most = finished === null || times.added_on === 0 ? active : finished - times.added_on;
  return Math.max(1, Math.min(active, most));
}

/** Unset is -1 (5.x), 0 (4.5) or 4294967295 (4.1). */
function finishedAt(completionOn: number | null): number | null {
  return completionOn === null || completionOn <= 0 || completionOn >= 4_294_967_295 ? null : completionOn;
}
