/** What the page renders. */
import { servicesOf } from '../../src/app/status.ts';
import type { TorrentStatus } from '../../src/app/status.ts';
import { torrentRow } from '../../src/page/html/torrent.ts';
import { createPhonePreview } from '../../src/page/index.ts';
import { createSpeeds } from '../../src/page/speeds.ts';
import type { ViewModel } from '../../src/page/view-model.ts';
import { hashOf } from '../machines/fixtures.ts';
import { startWorld } from '../support/world.ts';
import { textOf } from './markup.ts';

export const clock = { now: Date.UTC(2026, 10, 23, 14, 0), timeZone: 'UTC' };

/** A torrent that downloads. */
export function torrent(over: Partial<TorrentStatus> = {}): TorrentStatus {
  return {
    key: hashOf(1),
    hash: hashOf(1),
    name: 'debian.iso',
    state: 'polling.downloading',
    phase: 'downloading',
    progress: 0.429,
    speed: 1_300_000,
    eta: 750,
    size: 704_000_000,
    category: '',
    tags: [],
    tracker: null,
    path: null,
    private: null,
    ruling: null,
    shown: 42,
    showing: 'downloading',
    summarized: false,
    alert: null,
    since: '2026-11-23T14:00:00.000Z',
    ...over,
  };
}

/** A page without torrents. */
export function view(over: Partial<ViewModel> = {}): ViewModel {
  return {
    services: servicesOf(startWorld().supervisor),
    health: { kind: 'disk', problem: null },
    finished: [],
    last: null,
    digests: [],
    preview: createPhonePreview(),
    count: 0,
    speed: 0,
    speeds: createSpeeds({ isTracked: () => true }),
    quietHours: null,
    ...clock,
    ...over,
  };
}

/** The text of a torrent's row. */
export const words = (over: Partial<TorrentStatus>): string => textOf(torrentRow(torrent(over), clock));
