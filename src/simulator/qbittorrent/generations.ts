/** The differences between qBittorrent's versions. Measured on 4.5.2, 5.1.0 and 5.3.0. */
import { v41, v44 } from './old-generations.ts';

/** Versions whose answers are compared with real servers. */
export type QbittorrentGeneration = 'legacy' | '5.1' | 'current';

/** Also versions known only from the source code. */
export type SimulatedGeneration = QbittorrentGeneration | '4.1' | '4.4';

export interface Generation {
  version: string;
  webapi: string;
  /** `null`: not reported (before 4.2). */
  build: Record<string, string | number> | null;
  cookieName: (port: number) => string;
  /** `<date>`: the expiry of the session. */
  cookieAttributes: string;
  /** Sends the same cookie again after half of its lifetime. */
  renewsCookie: boolean;
  /** Maximum number of sessions; the least recently used one is removed. */
  sessionLimit: number;
  /** Answers of 5.2 and later: 204 and 401 for a login, 409 and JSON for an add, and detailed errors. */
  modernAnswers: boolean;
  /** Accepts Bearer and Basic authentication (5.2). */
  apiKeys: boolean;
  /** Checks `Sec-Fetch-Site`, and protects only the API against other sites. */
  fetchMetadata: boolean;
  /** The answer to PUT, DELETE and others. */
  unknownMethod: number;
  /** The word for a stopped torrent in states (`pausedDL`) and form fields. */
  stoppedWord: 'paused' | 'stopped';
  runningFilter: 'resumed' | 'running';
  stopAction: string;
  startAction: string;
  /** `completion_on` and `seen_complete` of a torrent that was never complete. */
  never: number;
  /** The version of the torrents' list of fields. */
  fields: 4.1 | 4.4 | 5 | 5.3;
  /** Filters of later versions; an unknown filter means "all". */
  unknownFilters: readonly string[];
  /** Has a hook for added torrents (4.5). */
  addedHook: boolean;
  /** Accepts actions by GET (before 4.4.4). */
  anyMethod: boolean;
  /** The filter `active` selects by speed; before, by state. */
  activeBySpeed: boolean;
  /** An offset past the end returns nothing; before, everything. */
  emptyPastEnd: boolean;
  trimsTags: boolean;
  trimsPrograms: boolean;
  /** `torrents/count` exists (4.6.1). */
  counts: boolean;
}

const legacy: Generation = {
  version: 'v4.5.2',
  webapi: '2.8.19',
  build: {
    bitness: 64,
    boost: '1.74.0',
    libtorrent: '2.0.8.0',
    openssl: '3.0.20',
    qt: '5.15.8',
    zlib: '1.2.13',
  },
  cookieName: () => 'SID',
  cookieAttributes: 'HttpOnly; path=/; SameSite=Strict',
  renewsCookie: false,
  sessionLimit: Infinity,
  modernAnswers: false,
  apiKeys: false,
  fetchMetadata: false,
  unknownMethod: 400,
  stoppedWord: 'paused',
  runningFilter: 'resumed',
  stopAction: 'pause',
  startAction: 'resume',
  never: 0,
  fields: 4.4,
  unknownFilters: [],
  addedHook: true,
  anyMethod: false,
  activeBySpeed: false,
  emptyPastEnd: false,
  trimsTags: false,
  trimsPrograms: false,
  counts: false,
};

const v51: Generation = {
  ...legacy,
  version: 'v5.1.0',
  webapi: '2.11.4',
  build: {
    bitness: 64,
    boost: '1.83.0',
    libtorrent: '2.0.11.0',
    openssl: '3.5.7',
    platform: 'linux',
    qt: '6.8.2',
    zlib: '1.3.1',
  },
  cookieAttributes: 'HttpOnly; SameSite=Strict; path=/',
  unknownMethod: 501,
  stoppedWord: 'stopped',
  runningFilter: 'running',
  stopAction: 'stop',
  startAction: 'start',
  never: -1,
  fields: 5,
  trimsTags: true,
  trimsPrograms: true,
  counts: true,
};

const current: Generation = {
  ...v51,
  version: 'v5.3.0',
  webapi: '2.16.2',
  build: {
    bitness: 64,
    boost: '1.92.0',
    libtorrent: '2.0.14.0',
    openssl: '3.6.5',
    platform: 'linux',
    qt: '6.11.2',
    zlib: '1.3.2',
  },
  cookieName: (port) => `QBT_SID_${port}`,
  cookieAttributes: 'HttpOnly; SameSite=Lax; expires=<date>; path=/',
  renewsCookie: true,
  sessionLimit: 15,
  modernAnswers: true,
  apiKeys: true,
  fetchMetadata: true,
  fields: 5.3,
  activeBySpeed: true,
  emptyPastEnd: true,
};

export const generations: Record<SimulatedGeneration, Generation> = {
  '4.1': { ...legacy, ...v41 },
  '4.4': { ...legacy, ...v44 },
  legacy,
  '5.1': v51,
  current,
};
