/** What differs between qBittorrent's versions. Measured on 4.5.2, 5.1.0 and 5.3.0. */

export type QbittorrentGeneration = 'legacy' | '5.1' | 'current';

export interface Generation {
  version: string;
  webapi: string;
  build: Record<string, string | number>;
  cookieName: (port: number) => string;
  /** `true`: 204, 401, 409 and JSON (5.2 on). `false`: 200 with `Ok.` or `Fails.`. */
  modernAnswers: boolean;
  /** How many sessions live; the least recently used goes first. */
  sessionLimit: number;
  apiKeys: boolean;
  /** What a torrent that the user stopped is called: `pausedDL` or `stoppedDL`. */
  stoppedWord: 'paused' | 'stopped';
  runningFilter: 'resumed' | 'running';
  stopAction: string;
  startAction: string;
  /** `completion_on` of what is not complete. */
  neverCompleted: number;
}

const libraries = { bitness: 64, boost: '1.83.0', openssl: '3.5.0', zlib: '1.3.1' };

export const generations: Record<QbittorrentGeneration, Generation> = {
  legacy: {
    version: 'v4.5.2',
    webapi: '2.8.19',
    build: { ...libraries, libtorrent: '2.0.8.0', qt: '5.15.8' },
    cookieName: () => 'SID',
    modernAnswers: false,
    sessionLimit: Infinity,
    apiKeys: false,
    stoppedWord: 'paused',
    runningFilter: 'resumed',
    stopAction: 'pause',
    startAction: 'resume',
    neverCompleted: 0,
  },
  '5.1': {
    version: 'v5.1.0',
    webapi: '2.11.4',
    build: { ...libraries, libtorrent: '2.0.11.0', platform: 'linux', qt: '6.8.2' },
    cookieName: () => 'SID',
    modernAnswers: false,
    sessionLimit: Infinity,
    apiKeys: false,
    stoppedWord: 'stopped',
    runningFilter: 'running',
    stopAction: 'stop',
    startAction: 'start',
    neverCompleted: -1,
  },
  current: {
    version: 'v5.3.0',
    webapi: '2.16.2',
    build: { ...libraries, libtorrent: '2.0.14.0', platform: 'linux', qt: '6.9.2' },
    cookieName: (port) => `QBT_SID_${port}`,
    modernAnswers: true,
    sessionLimit: 15,
    apiKeys: true,
    stoppedWord: 'stopped',
    runningFilter: 'running',
    stopAction: 'stop',
    startAction: 'start',
    neverCompleted: -1,
  },
};
