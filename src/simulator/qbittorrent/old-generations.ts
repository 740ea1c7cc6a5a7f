/**
 * The differences in versions that were not measured, read in qBittorrent's source at the tags release-4.1.9 and
 * release-4.4.5 (`serialize_torrent.cpp`, `torrentfilter.cpp`, `appcontroller.cpp`, `webapplication.cpp`). Everything else
 * is assumed to equal 4.5.2.
 */
import type { Generation } from './generations.ts';

/** The last 4.4: v2 torrents, no hook for added torrents. */
export const v44: Partial<Generation> = {
  version: 'v4.4.5',
  webapi: '2.8.5',
  addedHook: false,
  unknownFilters: ['moving'],
};

/** The last 4.1: one info-hash, only the active time, no `app/buildInfo`. */
export const v41: Partial<Generation> = {
  version: 'v4.1.9',
  webapi: '2.2.1',
  build: null,
  addedHook: false,
  anyMethod: true,
  unknownFilters: ['stalled', 'stalled_uploading', 'stalled_downloading', 'checking', 'moving'],
  fields: 4.1,
  // An unset date, as an unsigned number.
  never: 4_294_967_295,
};
