import { emit, enqueueActions, fromCallback, sendTo, setup } from 'xstate';
import { digestMachine } from '../digest/machine.ts';
import { discoveryMachine } from '../discovery/machine.ts';
import { hookInstallerMachine } from '../hook-installer/machine.ts';
import { incidentMachine } from '../incident/machine.ts';
import { outboxMachine } from '../outbox/machine.ts';
import { quietMachine } from '../quiet/machine.ts';
import { shardMachine } from '../shard/machine.ts';
import type { ShardEvent, ShardInput } from '../shard/machine.ts';
import type { ShardId } from '../shard/shard-of.ts';
import { remoteMachine } from '../remote/machine.ts';
import { resume } from '../summary/board.ts';
import { summaryMachine } from '../summary/machine.ts';
import { restartAll } from './pending-starts.ts';
import { isRepeated } from './recent-completions.ts';
import type { Match } from '../matcher/matching.ts';
import { find, save } from './registry.ts';
import { storeNotice } from '../incident/store-notice.ts';
import type { StoreReport } from '../incident/store-notice.ts';
import type { SupervisorEmitted } from './emitted.ts';
import { hasTooManyRestarts } from './restarts.ts';
import { silenceIncident } from './sounds.ts';
import { createRecord } from '../torrent/record.ts';
import { sessionMachine } from '../session/machine.ts';
import type { ObservedTorrent } from '../torrent/types.ts';
import type { RequestedCompletion } from '../digest/types.ts';
import type { Failure, Hash, Notification, TorrentRecord } from '../domain.ts';
import { finishHookMessages, isFlooded, isFull, renameAll } from './messages.ts';
import { remoteInput } from './context.ts';
import type { FactEvent, Services, SupervisorContext, SupervisorEvent, SupervisorInput } from './types.ts';
import { watcherMachine } from '../watcher/machine.ts';

interface TrackParams {
  hashes: readonly Hash[];
  /** Those that are tracked without notifications for now. */
  quiet?: ReadonlySet<Hash>;
}

/** What starting a torrent enqueues. */
interface Starting {
  spawnChild: (src: 'shard', options: { id: ShardId; input: ShardInput }) => void;
  sendTo: (id: ShardId, event: ShardEvent) => void;
}

interface Renamed extends Pick<Match, 'renamed'> {
  /** The poll that shows them; the torrents get it. */
  poll?: Omit<ObservedTorrent, 'observation'>;
}

/** `failure`: how the request recentCompletions that found the session lost. */
type Broadcast = { type: 'session.ready'; failure?: never } | { type: 'session.lost'; failure: Failure };

/** Starts the actor of a torrent, in its shard. */
export function start(
  { shards, shardOf, policy, deps, ready }: SupervisorContext,
  enqueue: Starting,
  record: TorrentRecord,
): void {
  const id = shardOf(record.key);
  if (!shards.has(id)) enqueue.spawnChild('shard', { id, input: { policy, deps } });
  shards.add(id);
  enqueue.sendTo(id, { type: 'torrent.start', record, ready });
}

/** Guards and actions of the supervisor; its chart is in `./machine.ts`. */
export const supervisorSetup = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    emitted: {} as SupervisorEmitted,
    children: {} as Services,
    input: {} as SupervisorInput,
  },
  actors: {
    session: sessionMachine,
    watcher: watcherMachine,
    outbox: outboxMachine,
    shard: shardMachine,
    incident: incidentMachine,
    discovery: discoveryMachine,
    hookInstaller: hookInstallerMachine,
    quiet: quietMachine,
    digest: digestMachine,
    remote: remoteMachine,
    summary: summaryMachine,
    /** Stores what is not a record; by default, nothing is stored. */
    store: fromCallback<FactEvent>(() => {}),
  },
  guards: {
    tracked: ({ context }, { hash }: { hash: Hash }) => find(context.registry, hash) !== undefined,
    repeated: ({ context }, { notification }: { notification: Notification }) =>
      isRepeated(context.recentCompletions, notification),
    flooded: ({ context }, { notification }: { notification: Notification }) =>
      isFlooded(context, notification),
    tooManyRestarts: ({ context }) => hasTooManyRestarts(context.restarts, context.now()),
    full: ({ context }) => context.capacityExceeded,
    /** There is capacity again for torrents that were not tracked. */
    freed: ({ context: { capacityExceeded, registry, policy } }) =>
      capacityExceeded && registry.records.size < policy.maxTracked,
  },
  actions: {
    /** For the log, the metrics and the page, which subscribe with `on`. */
    emit: emit((_, emitted: SupervisorEmitted) => emitted),
    /** Hands a completion to the outbox, or to its digest. */
    publish: enqueueActions(({ enqueue }, { notification }: { notification: RequestedCompletion }) => {
      if (notification.digest === undefined)
        enqueue.sendTo('outbox', { type: 'notification.publish', notification });
      else enqueue.sendTo('digest', { type: 'completion.collected', notification });
    }),
    reportRecovered: sendTo('incident', { type: 'qbittorrent.recovered' }),
    publishStoreNotice: enqueueActions(({ context, enqueue }, report: StoreReport) => {
      const { shown } = context.storeCard;
      const notification = { ...storeNotice(report, shown), id: context.deps.nextId() };
      enqueue.assign({ storeCard: { shown, pending: notification } });
      enqueue.sendTo('outbox', {
        type: 'notification.publish',
        notification: silenceIncident(context, notification),
      });
    }),
    recordIncident: enqueueActions(({ enqueue }, { raised }: { raised: boolean }) => {
      enqueue.assign(raised ? { incidentRaised: raised, incidentShown: true } : { incidentRaised: raised });
      if (raised) enqueue.sendTo('store', { type: 'incident.save', shown: true });
    }),
    begin: enqueueActions(({ context, enqueue, self }) => {
      enqueue.assign({ ready: false, shards: new Set(), pendingStarts: restartAll(context.registry) });
      enqueue.sendTo('session', { type: 'session.requested' });
      enqueue.raise({ type: 'starts.next' });
      const { quietDigest: digest, deps } = context;
      resume(deps.summary);
      if (digest !== null)
        enqueue.spawnChild('quiet', {
          id: 'quiet',
          systemId: 'quiet',
          input: { digest, nextId: deps.nextId },
        });
      if (deps.remote !== null)
        enqueue.spawnChild('remote', {
          id: 'remote',
          systemId: 'remote',
          input: remoteInput(deps.remote, { context, self }),
        });
      // The store reports it once, and the outbox was replaced.
      const { pending } = context.storeCard;
      if (pending !== null)
        enqueue.sendTo('outbox', {
          type: 'notification.publish',
          notification: silenceIncident(context, pending),
        });
    }),
    end: enqueueActions(({ context: { shards }, enqueue }) => {
      for (const id of shards) enqueue.stopChild(id);
      enqueue.stopChild('quiet');
      enqueue.stopChild('remote');
    }),
    track: enqueueActions(({ context, enqueue }, { hashes, quiet }: TrackParams) => {
      const { registry } = context;
      let isExceeded = false;
      for (const hash of hashes) {
        if (isFull(context, hash)) {
          isExceeded = true;
          continue;
        }
        const known = find(registry, hash);
        const record = known ?? createRecord(hash, context.now(), quiet?.has(hash));
        if (known === undefined) save(registry, record);
        start(context, enqueue, record);
      }
      if (isExceeded) enqueue.raise({ type: 'capacity.exceeded' });
    }),
    /** Before `track`, which starts the torrents from their records. */
    recordFinishHooks: enqueueActions(({ context, enqueue, self }, { hashes }: TrackParams) => {
      for (const hash of hashes) {
        if (isFull(context, hash)) continue;
        for (const { to, event } of finishHookMessages(context, self, hash)) enqueue.sendTo(to, event);
      }
    }),
    sendDigestsNow: sendTo('digest', { type: 'digest.sendNow' }),
    pollNow: sendTo('watcher', (_, { hashes }: { hashes: readonly Hash[] | null }) => ({
      type: 'poll.now',
      hashes,
    })),
    rescan: sendTo('discovery', { type: 'rescan' }),
    broadcast: enqueueActions(({ context: { shards, deps }, enqueue }, { type, failure }: Broadcast) => {
      enqueue.assign({ ready: type === 'session.ready' });
      for (const id of ['watcher', 'discovery', 'hookInstaller', ...shards]) enqueue.sendTo(id, { type });
      if (deps.remote !== null) enqueue.sendTo('remote', { type });
      if (failure !== undefined) enqueue.sendTo('session', { type: 'session.expired', failure });
    }),
    rename: enqueueActions(({ context, enqueue, self }, { renamed, poll }: Renamed) => {
      for (const { to, event } of renameAll(context, self, renamed, poll)) enqueue.sendTo(to, event);
    }),
  },
});
