/** What differs between qBittorrent's versions. Measured on 4.5.2, 5.1.0 and 5.3.0. */
import { ancient, old } from './old-generations.ts';

/** Those whose answers are held against the real ones. */
export type QbittorrentGeneration = 'legacy' | '5.1' | 'current';

/** Also those that only the source tells of. */
export type SimulatedGeneration = QbittorrentGeneration | '4.1' | '4.4';

export interface Generation {
  version: string;
  webapi: string;
  /** `null`: nobody tells (until 4.2). */
  build: Record<string, string | number> | null;
  cookieName: (port: number) => string;
  /** `<date>`: when the session ends. */
  cookieAttributes: string;
  /** The cookie is sent again, unchanged, when half of its time is over. */
  renewsCookie: boolean;
  /** How many sessions live; the least recently used goes first. */
  sessionLimit: number;
  /** Answers of 5.2 and later: 204 and 401 for a login, 409 and JSON for an add, errors that say more. */
  modernAnswers: boolean;
  /** Bearer and Basic are understood (5.2). */
  apiKeys: boolean;
  /** `Sec-Fetch-Site` is looked at, and only the API is protected against other sites. */
  fetchMetadata: boolean;
  /** The answer to PUT, DELETE and others. */
  unknownMethod: number;
  /** What a torrent that the user stopped is called (`pausedDL`), also as a form field. */
  stoppedWord: 'paused' | 'stopped';
  runningFilter: 'resumed' | 'running';
  stopAction: string;
  startAction: string;
  /** `completion_on` and `seen_complete` of what never was complete. */
  never: number;
  /** Which field list a torrent has. */
  fields: 4.1 | 4.4 | 5 | 5.3;
  /** Filters that later versions know; an unknown one means "all". */
  unknownFilters: readonly string[];
  /** There is a hook for torrents that are added (4.5). */
  addedHook: boolean;
  /** Actions may come by GET, too (until 4.4.4). */
  anyMethod: boolean;
  /** `active` means bytes flow; before, it was a list of states. */
  activeBySpeed: boolean;
  /** An offset past the end answers nothing; before, everything. */
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

const five: Generation = {
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
  ...five,
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
  '4.1': { ...legacy, ...ancient },
  '4.4': { ...legacy, ...old },
  legacy,
  '5.1': five,
  current,
};
