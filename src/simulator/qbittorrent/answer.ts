/** A torrent in `torrents/info`, with the fields and values of the real servers. */
import type { Generation } from './generations.ts';
import type { Step } from './script.ts';
import { stepOf } from './torrent.ts';
import type { Torrent } from './torrent.ts';

export type TorrentObject = Record<string, string | number | boolean | null>;

/** 8640000 seconds stand for "unknown". */
const UNKNOWN_ETA = 8_640_000;

/** The torrent's state in qBittorrent. */
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

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Progress of the check, 0 to 1; `null` if it is not checked. */
function checkOf({ stopped, elapsed }: Torrent, step: Step): number | null {
  if (step.phase !== 'checking' || stopped) return null;
  return Math.min(1, elapsed / (step.seconds ?? Infinity));
}

/** Downloaded bytes of the selected files; during a check, those found so far. */
function completedOf(torrent: Torrent): number {
  return Math.floor(torrent.done * (checkOf(torrent, stepOf(torrent)) ?? 1));
}

function progressOf(torrent: Torrent): number {
  if (!torrent.metadata || torrent.size === 0) return 0;
  return checkOf(torrent, stepOf(torrent)) ?? torrent.done / torrent.size;
}

function transferFields(torrent: Torrent, shownSpeed: number): TorrentObject {
  const { metadata, size, downloaded } = torrent;
  const completed = completedOf(torrent);
  const left = size - completed;
  return {
    amount_left: metadata ? left : 0,
    completed,
    downloaded,
    downloaded_session: downloaded,
    dlspeed: shownSpeed,
    eta: shownSpeed > 0 && left > 0 ? Math.floor(left / shownSpeed) : UNKNOWN_ETA,
    progress: progressOf(torrent),
    size: metadata ? size : 0,
    total_size: metadata ? torrent.totalSize : -1,
    ratio: 0,
    uploaded: 0,
    uploaded_session: 0,
    upspeed: 0,
  };
}

function identityFields(torrent: Torrent): TorrentObject {
  const name = torrent.metadata ? torrent.name : torrent.magnetName;
  const urn = torrent.v1 === '' ? `urn:btmh:1220${torrent.v2}` : `urn:btih:${torrent.v1}`;
  const named = name === torrent.hash ? '' : `&dn=${encodeURIComponent(name)}`;
  return {
    hash: torrent.hash,
    infohash_v1: torrent.v1,
    infohash_v2: torrent.v2,
    name,
    magnet_uri: `magnet:?xt=${urn}${named}`,
    category: torrent.category,
    tags: torrent.tags.join(', '),
    save_path: torrent.savePath,
    download_path: '',
    content_path: torrent.metadata ? `${torrent.savePath}/${name}` : '',
    tracker: torrent.tracker,
    trackers_count: torrent.tracker === '' ? 0 : 1,
  };
}

function timeFields(torrent: Torrent, generation: Generation): TorrentObject {
  return {
    added_on: seconds(torrent.addedAt),
    completion_on: torrent.completedAt === null ? generation.never : seconds(torrent.completedAt),
    last_activity: seconds(torrent.activeAt),
    seen_complete: torrent.downloaded > 0 ? seconds(torrent.activeAt) : generation.never,
    time_active: Math.floor(torrent.activeSeconds),
    seeding_time: Math.floor(torrent.seedingSeconds),
  };
}

function availabilityOf(torrent: Torrent): number {
  if (torrent.completedAt !== null) return -1;
  const pieces = torrent.size > 0 ? torrent.done / torrent.size : 0;
  return pieces + (torrent.speed > 0 ? 1 : 0);
}

function constantFields(): TorrentObject {
  return {
    auto_tmm: false,
    dl_limit: 0,
    f_l_piece_prio: false,
    force_start: false,
    max_ratio: -1,
    max_seeding_time: -1,
    num_complete: 0,
    num_incomplete: 0,
    num_leechs: 0,
    ratio_limit: -2,
    seeding_time_limit: -2,
    seq_dl: false,
    super_seeding: false,
    up_limit: 0,
  };
}

/** Since 5.0. */
function fieldsSince50(torrent: Torrent): TorrentObject {
  return {
    comment: '',
    has_metadata: torrent.metadata,
    inactive_seeding_time_limit: -2,
    max_inactive_seeding_time: -1,
    popularity: 0,
    private: torrent.metadata ? torrent.private : null,
    reannounce: 0,
    root_path: '',
  };
}

const PIECE = 262_144;

/** Since 5.2 and 5.3. */
function fieldsSince53(torrent: Torrent): TorrentObject {
  const { metadata } = torrent;
  return {
    connections_count: torrent.speed > 0 ? 3 : 0,
    connections_limit: 100,
    created_by: '',
    creation_date: -1,
    piece_size: metadata ? PIECE : -1,
    pieces_have: Math.floor(completedOf(torrent) / PIECE),
    pieces_num: metadata ? Math.ceil(torrent.totalSize / PIECE) : -1,
    share_limit_action: 'Default',
    share_limits_mode: 'Default',
    total_wasted: 0,
  };
}

/** Fields added after 4.1.9, by the source of 4.4.5. */
const LATER = [
  'infohash_v1',
  'infohash_v2',
  'content_path',
  'download_path',
  'trackers_count',
  'seeding_time',
  'availability',
];

function without(fields: readonly string[], object: TorrentObject): TorrentObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !fields.includes(name)));
}

/** The object with the fields of its generation. */
export function describe(torrent: Torrent, generation: Generation): TorrentObject {
  const object = describeAll(torrent, generation);
  if (generation.fields !== 4.1) return object;
  // A path ended with a slash before 4.4.
  return { ...without(LATER, object), save_path: `${torrent.savePath}/` };
}

function describeAll(torrent: Torrent, generation: Generation): TorrentObject {
  const state = stateOf(torrent, generation);
  // At the start bytes arrive before the speed is known: "stalled" with rising progress.
  const shownSpeed = state === 'stalledDL' ? 0 : torrent.speed;
  return {
    ...identityFields(torrent),
    ...transferFields(torrent, shownSpeed),
    ...timeFields(torrent, generation),
    ...constantFields(),
    availability: availabilityOf(torrent),
    dl_limit: torrent.limit,
    num_seeds: torrent.speed > 0 ? 3 : 0,
    priority: torrent.completedAt === null ? torrent.queuePosition : 0,
    state,
    ...(generation.fields >= 5 ? fieldsSince50(torrent) : {}),
    ...(generation.fields >= 5.3 ? fieldsSince53(torrent) : {}),
  };
}
