import type { ActorRefFrom, AnyActorRef, SnapshotFrom } from 'xstate';
import { refill } from '../../machines/outbox/budget.ts';
import { depth } from '../../machines/outbox/lanes.ts';
import { selectReason } from '../../machines/hook-installer/machine.ts';
import type { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { torrentIn } from '../../machines/shard/machine.ts';
import { find } from '../../machines/supervisor/registry.ts';
import type { incidentMachine } from '../../machines/incident/machine.ts';
import type { outboxMachine } from '../../machines/outbox/machine.ts';
import type { sessionMachine } from '../../machines/session/machine.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { torrentMachine } from '../../machines/torrent/machine.ts';
import type { Alert, Failure, Hash, Phase, TorrentRecord } from '../../machines/domain.ts';
import type { watcherMachine } from '../../machines/watcher/machine.ts';
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
  const keys = [...supervisor.getSnapshot().context.registry.records.keys()];
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
    trouble: troubleOf(incident?.getSnapshot()),
    discovery: discovery?.getSnapshot().value ?? null,
    hook: describeHook(hookInstaller?.getSnapshot()),
  };
}

/** What one torrent is at; `null` where no such is followed. */
export function torrentOf(supervisor: Supervisor, key: Hash): TorrentStatus | null {
  const record = supervisor.getSnapshot().context.registry.records.get(key);
  return record === undefined ? null : describe(record, snapshotOf(supervisor, key));
}

/** Bytes per second of one torrent; 0 where no such is followed. */
export const speedOf = (supervisor: Supervisor, key: Hash): number =>
  snapshotOf(supervisor, key)?.context.seen.observation?.speed ?? 0;

/** What the actor of a torrent is at; one that crashed has none. */
function snapshotOf(supervisor: Supervisor, key: Hash): TorrentSnapshot | undefined {
  const { context, children } = supervisor.getSnapshot();
  const shards: Partial<Record<string, AnyActorRef>> = children;
  const actor = torrentIn(shards[context.partitionOf(key)], key);
  return actor?.getSnapshot() as TorrentSnapshot | undefined;
}

/** What the incident is about; `null` while there is none. */
function troubleOf(snapshot: SnapshotFrom<typeof incidentMachine> | undefined): Failure | null {
  return snapshot === undefined || snapshot.value === 'calm' ? null : snapshot.context.failure;
}

function describeSession(snapshot: SnapshotFrom<typeof sessionMachine> | undefined) {
  if (snapshot === undefined) return null;
  const { version, failure } = snapshot.context;
  return { state: pathOf(snapshot.value), webapi: version, failure };
}

/** `reason`: why the hooks are not as they should be; `null` where nothing is wrong. */
function describeHook(snapshot: SnapshotFrom<typeof hookInstallerMachine> | undefined) {
  if (snapshot === undefined) return null;
  return { state: pathOf(snapshot.value), reason: selectReason(snapshot) };
}

function describeWatcher(snapshot: SnapshotFrom<typeof watcherMachine> | undefined) {
  if (snapshot === undefined) return null;
  const { looks, failure } = snapshot.context;
  return { state: pathOf(snapshot.value), watching: looks.hashes.size, failure };
}

function describeOutbox(snapshot: SnapshotFrom<typeof outboxMachine> | undefined) {
  if (snapshot === undefined) return null;
  const { lanes, inFlight, live, failure, now } = snapshot.context;
  const budget = refill(snapshot.context.budget, now());
  return {
    state: pathOf(snapshot.value),
    waiting: depth(lanes),
    sending: inFlight.size,
    /** Whether ntfy updates cards in place; `null` until its first answer. */
    live,
    /** Messages that may leave at once, and what is left of the day; `null` for no limit. */
    budget: budget.interval === 0 ? null : Math.max(0, Math.floor(budget.tokens)),
    capacity: budget.interval === 0 ? null : budget.capacity,
    left: budget.day?.left ?? null,
    failure,
  };
}

/** As far as a shard's snapshot is read. */
interface Torrents {
  children: Record<Hash, AnyActorRef | undefined>;
}

export type TorrentSnapshot = SnapshotFrom<typeof torrentMachine>;

/** What each torrent's actor is at, by its key; one that crashed has none. */
export function torrentActors({
  children,
}: SnapshotFrom<typeof supervisorMachine>): Map<Hash, TorrentSnapshot> {
  const actors = new Map<Hash, TorrentSnapshot>();
  for (const [id, shard] of Object.entries(children)) {
    if (!id.startsWith('shard.')) continue;
    const torrents = shard?.getSnapshot() as Torrents;
    for (const [key, torrent] of Object.entries(torrents.children)) {
      if (torrent !== undefined) actors.set(key, torrent.getSnapshot() as TorrentSnapshot);
    }
  }
  return actors;
}

function describe(
  { key, hash, told, since, alert }: TorrentRecord,
  actor: TorrentSnapshot | undefined,
): TorrentStatus {
  const seen = actor?.context.seen.observation;
  return {
    key,
    hash,
    name: seen?.name ?? null,
    // A crashed actor is started again in a while.
    state: actor === undefined ? 'restarting' : pathOf(actor.value),
    phase: actor?.context.seen.sight.phase ?? 'unknown',
    progress: seen?.progress ?? 0,
    speed: seen?.speed ?? 0,
    eta: seen?.eta ?? null,
    size: seen?.size ?? 0,
    shown: told?.percent ?? null,
    showing: told?.phase ?? null,
    alert,
    since: new Date(since).toISOString(),
  };
}

/** Whether this hash is followed, by whichever of its names. */
export function isTracked(supervisor: Supervisor, hash: Hash): boolean {
  return find(supervisor.getSnapshot().context.registry, hash) !== undefined;
}

/** Whether no more torrents are taken. */
export function isFull(supervisor: Supervisor, most: number): boolean {
  return supervisor.getSnapshot().context.registry.records.size >= most;
}
