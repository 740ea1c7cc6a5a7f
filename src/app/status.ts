import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type { Alert, Hash, Phase, TorrentRecord } from '../../machines/domain.ts';
import type { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { selectReason } from '../../machines/hook-installer/selectors.ts';
import { selectIncidentFailure } from '../../machines/incident/selectors.ts';
import type { outboxMachine } from '../../machines/outbox/machine.ts';
import {
  selectBudget,
  selectLive,
  selectPublishFailure,
  selectSending,
  selectWaiting,
} from '../../machines/outbox/selectors.ts';
import type { sessionMachine } from '../../machines/session/machine.ts';
import { selectLoginFailure, selectVersion } from '../../machines/session/selectors.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import { selectRecords, selectTorrent } from '../../machines/supervisor/selectors.ts';
import { selectObservation, selectPhase } from '../../machines/torrent/selectors.ts';
import type { TorrentSnapshot } from '../../machines/torrent/selectors.ts';
import type { watcherMachine } from '../../machines/watcher/machine.ts';
import { selectPollFailure, selectWatched } from '../../machines/watcher/selectors.ts';
import { pathOf } from '../util/state-path.ts';

export type Supervisor = ActorRefFrom<typeof supervisorMachine>;

/** What `/status` says of one torrent. */
export interface TorrentStatus {
  /** The hash that was tracked first: the name of its actor and of its cards. */
  key: Hash;
  hash: Hash;
  /** `null` until qBittorrent told one. */
  name: string | null;
  /** The state of its actor, as `polling.downloading`. */
  state: string;
  /** What it is doing, as far as it was seen. */
  phase: Phase;
  /** 0 to 1. */
  progress: number;
  /** Bytes per second. */
  speed: number;
  /** Seconds; `null` when unknown. */
  eta: number | null;
  /** Bytes; 0 without metadata. */
  size: number;
  /** The percent that the phone shows; `null` while it has no card. */
  shown: number | null;
  /** What the phone says that it is doing; `null` while it has no card. */
  showing: Phase | null;
  /** What its alert card says; `null` while it has none. */
  alert: Alert | null;
  /** ISO 8601. */
  since: string;
}

/** What the actors are at, for `/status`; each torrent is looked up when its turn comes. */
export function statusOf(supervisor: Supervisor) {
  return { ...servicesOf(supervisor), torrents: eachTorrent(supervisor) };
}

/** What the torrents are at that are followed, in the order in which they came. */
export function* eachTorrent(supervisor: Supervisor): Generator<TorrentStatus> {
  // As of now: one that is added again while this goes on would come twice.
  const keys = [...selectRecords(supervisor.getSnapshot()).keys()];
  for (const key of keys) {
    const torrent = torrentOf(supervisor, key);
    if (torrent !== null) yield torrent;
  }
}

/** What the actors are at that all torrents share. */
export function servicesOf(supervisor: Supervisor) {
  const snapshot = supervisor.getSnapshot();
  const { session, watcher, outbox, incident, discovery, hookInstaller } = snapshot.children;
  return {
    supervisor: pathOf(snapshot.value),
    session: describeSession(session?.getSnapshot()),
    watcher: describeWatcher(watcher?.getSnapshot()),
    outbox: describeOutbox(outbox?.getSnapshot()),
    incident: incident === undefined ? null : pathOf(incident.getSnapshot().value),
    trouble: incident === undefined ? null : selectIncidentFailure(incident.getSnapshot()),
    discovery: discovery?.getSnapshot().value ?? null,
    hook: describeHook(hookInstaller?.getSnapshot()),
  };
}

/** What one torrent is at; `null` where no such is followed. */
export function torrentOf(supervisor: Supervisor, key: Hash): TorrentStatus | null {
  const snapshot = supervisor.getSnapshot();
  const record = selectRecords(snapshot).get(key);
  return record === undefined ? null : describe(record, selectTorrent(snapshot, key));
}

/** Bytes per second of one torrent; 0 where no such is followed. */
export function speedOf(supervisor: Supervisor, key: Hash): number {
  const torrent = selectTorrent(supervisor.getSnapshot(), key);
  return torrent === undefined ? 0 : (selectObservation(torrent)?.speed ?? 0);
}

function describeSession(snapshot: SnapshotFrom<typeof sessionMachine> | undefined) {
  if (snapshot === undefined) return null;
  return {
    state: pathOf(snapshot.value),
    webapi: selectVersion(snapshot),
    failure: selectLoginFailure(snapshot),
  };
}

/** `reason`: why the hooks are not as they should be; `null` where nothing is wrong. */
function describeHook(snapshot: SnapshotFrom<typeof hookInstallerMachine> | undefined) {
  if (snapshot === undefined) return null;
  return { state: pathOf(snapshot.value), reason: selectReason(snapshot) };
}

function describeWatcher(snapshot: SnapshotFrom<typeof watcherMachine> | undefined) {
  if (snapshot === undefined) return null;
  return {
    state: pathOf(snapshot.value),
    watching: selectWatched(snapshot),
    failure: selectPollFailure(snapshot),
  };
}

function describeOutbox(snapshot: SnapshotFrom<typeof outboxMachine> | undefined) {
  if (snapshot === undefined) return null;
  const budget = selectBudget(snapshot);
  return {
    state: pathOf(snapshot.value),
    waiting: selectWaiting(snapshot),
    sending: selectSending(snapshot),
    /** Whether ntfy updates cards in place; `null` until its first answer. */
    live: selectLive(snapshot),
    /** Messages that may leave at once, and what is left of the day; `null` for no limit. */
    budget: budget.interval === 0 ? null : Math.max(0, Math.floor(budget.tokens)),
    capacity: budget.interval === 0 ? null : budget.capacity,
    left: budget.day?.left ?? null,
    failure: selectPublishFailure(snapshot),
  };
}

function describe(
  { key, hash, shown, since, alert }: TorrentRecord,
  actor: TorrentSnapshot | undefined,
): TorrentStatus {
  const seen = actor === undefined ? null : selectObservation(actor);
  return {
    key,
    hash,
    name: seen?.name ?? null,
    // A crashed actor is started again in a while.
    state: actor === undefined ? 'restarting' : pathOf(actor.value),
    phase: actor === undefined ? 'unknown' : selectPhase(actor),
    progress: seen?.progress ?? 0,
    speed: seen?.speed ?? 0,
    eta: seen?.eta ?? null,
    size: seen?.size ?? 0,
    shown: shown?.percent ?? null,
    showing: shown?.phase ?? null,
    alert,
    since: new Date(since).toISOString(),
  };
}
