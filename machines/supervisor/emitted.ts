import type { ErrorActorEvent } from 'xstate';
import type { Hash, QbittorrentFailed } from '../domain.ts';
import type { OutboxReport } from '../outbox/machine.ts';
import type { SessionReport } from '../session/machine.ts';
import type { ShardReport } from '../shard/machine.ts';
import type { RemoteReport } from '../remote/types.ts';
import type { SummaryReport } from '../summary/machine.ts';
import type { TorrentReport } from '../torrent/types.ts';
import type { DiscoveryReport } from '../discovery/setup.ts';
import type { SupervisorEvent } from './types.ts';

type Rescan = Extract<SupervisorEvent, { type: 'rescan' }>;

/** Why the supervisor scans again; `nameless`: a hook could not name its torrent. */
export type RescanReason = NonNullable<Rescan['why']> | 'nameless';

/**
 * What the supervisor emits for the log, the metrics and the page: only what one of them uses. An event that it emits as
 * it received it keeps its name and shape.
 */
export type SupervisorEmitted =
  /** A hook, or a scan, named a torrent that is not tracked yet. */
  | { type: 'torrent.tracked'; hash: Hash }
  | { type: 'rescan.requested'; why: RescanReason }
  /** A torrent was left out: `maxTracked` are tracked. */
  | { type: 'capacity.exceeded' }
  /** A completion is not sent: too many finish hooks named unknown torrents. */
  | { type: 'completion.suppressed'; key: Hash }
  /** One of the supervisor's own children threw. All of them are started again, or the supervisor fails. */
  | { type: 'service.crashed'; service: string; error: unknown }
  | SessionReport
  | QbittorrentFailed
  | Extract<DiscoveryReport, { type: 'discovery.delayed' }>
  | Exclude<OutboxReport, { type: 'notification.diverted' }>
  | Extract<TorrentReport, { type: 'torrent.finished' }>
  | Extract<ShardReport, { type: 'torrent.crashed' }>
  | SummaryReport
  | RemoteReport;

/** The action that emits the received event as it is. */
export const emitEvent = {
  type: 'emit',
  params: ({ event }: { event: SupervisorEmitted }): SupervisorEmitted => event,
} as const;

export const emitRescan = {
  type: 'emit',
  params: ({ event }: { event: Rescan }): SupervisorEmitted => ({
    type: 'rescan.requested',
    why: event.why ?? 'nameless',
  }),
} as const;

export const emitCapacityExceeded = {
  type: 'emit',
  params: (): SupervisorEmitted => ({ type: 'capacity.exceeded' }),
} as const;

export const emitSuppressed = {
  type: 'emit',
  params: ({ event }: { event: { notification: { key: Hash } } }): SupervisorEmitted => ({
    type: 'completion.suppressed',
    key: event.notification.key,
  }),
} as const;

export const emitServiceCrashed = {
  type: 'emit',
  params: ({ event }: { event: ErrorActorEvent }): SupervisorEmitted => ({
    type: 'service.crashed',
    service: event.actorId,
    error: event.error,
  }),
} as const;
