import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type { Alert, Hash, Phase, TorrentRecord } from '../../machines/domain.ts';
import { selectIsAlertShared } from '../../machines/digest/selectors.ts';
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
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';
import type { Routing, SendKind } from '../../machines/routing/types.ts';
import type { quietMachine } from '../../machines/quiet/machine.ts';
import { selectPendingCount, selectQuietPeriod } from '../../machines/quiet/selectors.ts';
import { selectMutedPercent } from '../../machines/remote/selectors.ts';
import type { sessionMachine } from '../../machines/session/machine.ts';
import { selectLoginFailure, selectVersion } from '../../machines/session/selectors.ts';
import { selectSummaries } from '../../machines/summary/selectors.ts';
import type { supervisorMachine } from '../../machines/supervisor/machine.ts';
import { selectRecords, selectTorrent } from '../../machines/supervisor/selectors.ts';
import {
  selectIsSummarized,
  selectObservation,
  selectPhase,
  selectRouting,
} from '../../machines/torrent/selectors.ts';
import type { TorrentSnapshot } from '../../machines/torrent/selectors.ts';
import type { watcherMachine } from '../../machines/watcher/machine.ts';
import { selectPollFailure, selectWatched } from '../../machines/watcher/selectors.ts';
import { pathOf } from '../util/state-path.ts';
import { buttonsOf } from './button-status.ts';
import { digestsOf } from './digest-status.ts';

export type Supervisor = ActorRefFrom<typeof supervisorMachine>;

/** Which rule applies to a torrent, and why. Names no topic. */
export interface Ruling {
  /** The name of the rule; `null` if none matches. */
  rule: string | null;
  /** The names of its conditions, all of which hold; empty if it matches every torrent. */
  matched: readonly string[];
  /** Whether no other rule can apply once the metadata is known. */
  decided: boolean;
  /** Which notifications are sent. */
  send: readonly SendKind[];
}

/** A tracked torrent in `/status`. */
export interface TorrentStatus {
  /** The hash by which it was tracked first; the ID of its actor, and part of its sequence IDs. */
  key: Hash;
  hash: Hash;
  /** `null` until a poll has returned a name. */
  name: string | null;
  /** The state of its actor, such as `polling.downloading`. */
  state: string;
  /** Its phase in the last poll; `unknown` before the first. */
  phase: Phase;
  /** 0 to 1. */
  progress: number;
  /** Bytes per second. */
  speed: number;
  /** Seconds; `null` if unknown. */
  eta: number | null;
  /** Bytes; 0 without metadata. */
  size: number;
  /** Empty without one; this and the next four as in an observation, unknown until a poll has returned them. */
  category: string | null;
  tags: readonly string[];
  /** The host of the tracker: its URL can contain a passkey. */
  tracker: string | null;
  /** The save path. */
  path: string | null;
  private: boolean | null;
  /** What the rules say about it; `null` without rules, and before the first poll. */
  ruling: Ruling | null;
  /** The percent on its card; `null` without a card. */
  shown: number | null;
  /** The phase on its card; `null` without a card. */
  showing: Phase | null;
  /** Whether the summary of its topic shows it in place of a card. */
  summarized: boolean;
  /** Its alert that the phone shows; `null` without one. */
  alert: Alert | null;
  /** Its alert is on a digest, not on a card of its own. Missing: no. */
  alertShared?: true;
  /** Neither its progress nor its alerts are sent until it is complete: its button Mute was pressed. Missing: no. */
  muted?: true;
  /** The percent at which it was muted; only with `muted`. */
  mutedPercent?: number;
  /** ISO 8601. */
  since: string;
}

/** The state of the actors, for `/status`. `torrents` is lazy: each torrent is read when it is iterated. */
export function statusOf(supervisor: Supervisor) {
  return { ...servicesOf(supervisor), digests: digestsOf(supervisor), torrents: eachTorrent(supervisor) };
}

/** The tracked torrents, in the order in which they were added. */
export function* eachTorrent(supervisor: Supervisor): Generator<TorrentStatus> {
  // A copy: a torrent that is added again during the iteration would be returned twice.
  const keys = [...selectRecords(supervisor.getSnapshot()).keys()];
  for (const key of keys) {
    const torrent = torrentOf(supervisor, key);
    if (torrent !== null) yield torrent;
  }
}

/** The state of the services: the actors that all torrents share. */
export function servicesOf(supervisor: Supervisor) {
  const snapshot = supervisor.getSnapshot();
  const { session, watcher, outbox, incident, discovery, hookInstaller, summary, quiet } = snapshot.children;
  const buttons = buttonsOf(snapshot);
  return {
    supervisor: pathOf(snapshot.value),
    session: describeSession(session?.getSnapshot()),
    watcher: describeWatcher(watcher?.getSnapshot()),
    outbox: describeOutbox(outbox?.getSnapshot()),
    incident: incident === undefined ? null : pathOf(incident.getSnapshot().value),
    incidentFailure: incident === undefined ? null : selectIncidentFailure(incident.getSnapshot()),
    discovery: discovery?.getSnapshot().value ?? null,
    hook: describeHook(hookInstaller?.getSnapshot()),
    /** The topics with one summary in place of progress cards, without their names. */
    summary: summary === undefined ? [] : selectSummaries(summary.getSnapshot()),
    ...(quiet === undefined ? {} : { quiet: describeQuiet(quiet.getSnapshot()) }),
    ...(buttons === null ? {} : { buttons }),
  };
}

/** The quiet hours of the rules: whether it is quiet, until when, and what is announced at their end; `null` without them. */
export function quietHoursOf(supervisor: Supervisor) {
  const snapshot = supervisor.getSnapshot().children.quiet?.getSnapshot();
  const period = snapshot === undefined ? null : selectQuietPeriod(snapshot);
  return snapshot === undefined || period === null
    ? null
    : { ...period, pending: selectPendingCount(snapshot) };
}

/** One torrent; `null` if it is not tracked. */
export function torrentOf(supervisor: Supervisor, key: Hash): TorrentStatus | null {
  const snapshot = supervisor.getSnapshot();
  const record = selectRecords(snapshot).get(key);
  if (record === undefined) return null;
  const torrent = describe(record, selectTorrent(snapshot, key));
  const { digest } = snapshot.children;
  if (record.alert === null || digest === undefined) return torrent;
  return selectIsAlertShared(digest.getSnapshot(), key) ? { ...torrent, alertShared: true } : torrent;
}

/** Bytes per second of one torrent; 0 if it is not tracked. */
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

/** `reason`: the problem with the hooks; `null` if there is none. */
function describeHook(snapshot: SnapshotFrom<typeof hookInstallerMachine> | undefined) {
  if (snapshot === undefined) return null;
  return { state: pathOf(snapshot.value), reason: selectReason(snapshot) };
}

/** `pending`: how many notifications without a sound the next digest contains. */
function describeQuiet(snapshot: SnapshotFrom<typeof quietMachine>) {
  return { state: pathOf(snapshot.value), pending: selectPendingCount(snapshot) };
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
    /** Messages that may be sent at once, their maximum, and those left of the daily quota; `null` without a limit. */
    budget: budget.interval === 0 ? null : Math.max(0, Math.floor(budget.tokens)),
    capacity: budget.interval === 0 ? null : budget.capacity,
    left: budget.day?.left ?? null,
    failure: selectPublishFailure(snapshot),
  };
}

function describe(record: TorrentRecord, actor: TorrentSnapshot | undefined): TorrentStatus {
  const { key, hash, shown, since, alert } = record;
  const observation = actor === undefined ? null : selectObservation(actor);
  const { category, tags, tracker, path, private: isPrivate } = observation ?? UNKNOWN_FIELDS;
  return {
    key,
    hash,
    name: observation?.name ?? null,
    // A crashed actor is restarted after a pause.
    state: actor === undefined ? 'restarting' : pathOf(actor.value),
    phase: actor === undefined ? 'unknown' : selectPhase(actor),
    progress: observation?.progress ?? 0,
    speed: observation?.speed ?? 0,
    eta: observation?.eta ?? null,
    size: observation?.size ?? 0,
    category,
    tags,
    tracker,
    path,
    private: isPrivate,
    ruling: rulingOf(actor === undefined ? null : selectRouting(actor)),
    shown: shown?.percent ?? null,
    showing: shown?.phase ?? null,
    summarized: actor !== undefined && selectIsSummarized(actor),
    alert,
    ...mutedOf(record),
    since: new Date(since).toISOString(),
  };
}

function mutedOf(record: TorrentRecord): Pick<TorrentStatus, 'muted' | 'mutedPercent'> {
  const mutedPercent = selectMutedPercent(record);
  return mutedPercent === null ? {} : { muted: true, mutedPercent };
}

function rulingOf(routing: Routing | null): Ruling | null {
  if (routing === null) return null;
  const { rule, matched = [], isDecided, send } = routing;
  return { rule, matched, decided: isDecided, send: [...send] };
}
