/** A torrent as `torrents/info` shows it. Field lists are those of the real servers. */
import type { Generation, QbittorrentGeneration } from './generations.ts';
import type { Step } from './script.ts';
import { stepOf } from './torrent.ts';
import type { Torrent } from './torrent.ts';

export type TorrentObject = Record<string, string | number | boolean | null>;

/** 8640000 seconds stand for "unknown". */
const UNKNOWN_ETA = 8_640_000;

/** qBittorrent's word for what the torrent does. */
export function stateOf(torrent: Torrent, generation: Generation): string {
  const step = stepOf(torrent);
  const side = torrent.completedAt === null ? 'DL' : 'UP';
  if (torrent.stopped) return `${generation.stoppedWord}${side}`;
  if (step.state !== undefined) return step.state;
  const states: Record<Step['phase'], string> = {
    resuming: 'checkingResumeData',
    metadata: 'metaDL',
    downloading: 'downloading',
    queued: `queued${side}`,
    stalled: `stalled${side}`,
    stopped: `${generation.stoppedWord}${side}`,
    checking: `checking${side}`,
    moving: 'moving',
    failed: 'error',
    complete: 'stalledUP',
    removed: 'unknown',
  };
  return states[step.phase];
}

function progressOf(torrent: Torrent): number {
  const step = stepOf(torrent);
  if (step.phase === 'checking') return Math.min(1, torrent.elapsed / (step.seconds ?? Infinity));
  return torrent.size > 0 ? torrent.done / torrent.size : 0;
}

function transfer(torrent: Torrent): TorrentObject {
  const { done, metadata, size, speed, downloaded } = torrent;
  const left = size - done;
  return {
    amount_left: metadata ? left : 0,
    completed: done,
    downloaded,
    downloaded_session: downloaded,
    dlspeed: speed,
    eta: speed > 0 && left > 0 ? Math.ceil(left / speed) : UNKNOWN_ETA,
    progress: metadata ? progressOf(torrent) : 0,
    size: metadata ? size : 0,
    total_size: metadata ? torrent.totalSize : -1,
    ratio: 0,
    uploaded: 0,
    uploaded_session: 0,
    upspeed: 0,
  };
}

function limits(): TorrentObject {
  return {
    dl_limit: 0,
    up_limit: 0,
    max_ratio: -1,
    max_seeding_time: -1,
    ratio_limit: -2,
    seeding_time_limit: -2,
  };
}

function identity(torrent: Torrent): TorrentObject {
  const name = torrent.metadata ? torrent.name : torrent.magnetName;
  const folder = '/downloads';
  const urn = torrent.v1 === '' ? `urn:btmh:1220${torrent.v2}` : `urn:btih:${torrent.v1}`;
  return {
    hash: torrent.hash,
    infohash_v1: torrent.v1,
    infohash_v2: torrent.v2,
    name,
    magnet_uri: `magnet:?xt=${urn}&dn=${encodeURIComponent(name)}`,
    category: torrent.category,
    tags: torrent.tags.join(', '),
    save_path: folder,
    download_path: '',
    content_path: torrent.metadata ? `${folder}/${name}` : '',
    tracker: '',
    trackers_count: 0,
  };
}

const seconds = (ms: number) => Math.floor(ms / 1000);

function common(torrent: Torrent, generation: Generation): TorrentObject {
  const active = stepOf(torrent).phase === 'downloading' && !torrent.stopped;
  return {
    ...identity(torrent),
    ...transfer(torrent),
    ...limits(),
    state: stateOf(torrent, generation),
    added_on: seconds(torrent.addedAt),
    completion_on: torrent.completedAt === null ? generation.neverCompleted : seconds(torrent.completedAt),
    last_activity: seconds(torrent.activeAt),
    seen_complete: active ? seconds(torrent.activeAt) : generation.neverCompleted,
    time_active: Math.floor(torrent.activeSeconds),
    seeding_time: Math.floor(torrent.seedingSeconds),
    auto_tmm: false,
    availability: active ? 1 : 0,
    f_l_piece_prio: false,
    force_start: false,
    num_complete: 0,
    num_incomplete: 0,
    num_leechs: 0,
    num_seeds: active ? 3 : 0,
    priority: 0,
    seq_dl: false,
    super_seeding: false,
  };
}

function sinceFive(torrent: Torrent): TorrentObject {
  return {
    comment: '',
    has_metadata: torrent.metadata,
    inactive_seeding_time_limit: -2,
    max_inactive_seeding_time: -1,
    popularity: 0,
    private: torrent.metadata ? false : null,
    reannounce: 0,
    root_path: '',
  };
}

/** The whole object, with the fields of its generation. */
export function describe(torrent: Torrent, id: QbittorrentGeneration, generation: Generation): TorrentObject {
  return {
    ...common(torrent, generation),
    ...(id === 'legacy' ? {} : sinceFive(torrent)),
  };
}
