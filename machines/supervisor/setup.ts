import { assign, enqueueActions, fromCallback, fromPromise, sendTo, setup } from 'xstate';
import { discoveryMachine } from '../discovery/machine.ts';
import { hookInstallerMachine } from '../hook-installer/machine.ts';
import { incidentMachine, isAllClear } from '../incident/machine.ts';
import { outboxMachine } from '../outbox/machine.ts';
import { shardMachine, torrentIn } from '../shard/machine.ts';
import { restartAll } from './pending-starts.ts';
import { isRepeated } from './recent-completions.ts';
import { withinMinute } from '../torrent/finish.ts';
import type { AddressedEvent } from './addressing.ts';
import type { Match } from '../matcher/matching.ts';
import { createRecord, find, forgetFinishHook, recordRequest, recordSettlement, put } from './registry.ts';
import { overdueAfter } from '../watchdog.ts';
import { scanPause } from '../rules/pauses.ts';
import { settleCard, storeNotice } from '../incident/store-notice.ts';
import type { StoreReport } from '../incident/store-notice.ts';
import { isHopeless } from './restarts.ts';
import { recordSound, silenceRepeated } from './sounds.ts';
import { sessionMachine } from '../session/machine.ts';
import type { Failure, Hash, Notification, Observation, Outcome, Result } from '../domain.ts';
import {
  isFlooded,
  isFull,
  isNamelessCompletion,
  readdMessages,
  renameAll,
  receiveFinishHook,
} from './messages.ts';
import type { Services, StoreEvent, SupervisorContext, SupervisorEvent, SupervisorInput } from './types.ts';
import { watcherMachine } from '../watcher/machine.ts';

interface Following {
  hashes: readonly Hash[];
  /** Those that are followed without a card for now. */
  quiet?: ReadonlySet<Hash>;
}

type Broadcast = { type: 'session.ready'; failure?: never } | { type: 'session.lost'; failure: Failure };

/** `failure`: how the call ended that found the session lost. */
export const lostBy = (failure: Failure): Broadcast => ({ type: 'session.lost', failure });

/** What the supervisor knows and can do; its chart is in `./machine.ts`. */
export const supervisorSetup = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
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
    /** What survives a restart; without one it is forgotten. */
    store: fromCallback<StoreEvent>(() => {}),
    /** Every torrent that is still on its way. */
    scan: fromPromise<Result<Observation[]>>(() => Promise.reject(new Error('there is nothing to scan'))),
  },
  guards: {
    tracked: ({ context }, { hash }: { hash: Hash }) => find(context.registry, hash) !== undefined,
    succeeded: (_, { result }: { result: Result<unknown> }) => result.ok,
    unauthorized: (_, { result }: { result: Result<unknown> }) =>
      !result.ok && result.failure.kind === 'unauthorized',
    repeated: ({ context }, { notification }: { notification: Notification }) =>
      isRepeated(context.ended, notification),
    flooded: ({ context }, { notification }: { notification: Notification }) =>
      isFlooded(context, notification),
    hopeless: ({ context }) => isHopeless(context.restarts, context.now()),
    stale: ({ context }) => context.stale,
    /** There is a place for what was left out. */
    freed: ({ context: { leftOut, registry, policy } }) =>
      leftOut && registry.records.size < policy.maxTracked,
  },
  actions: {
    /** Says what happened to whoever runs the machine; he hands in a log. */
    note: (_) => {},
    /** Hands a notification to the outbox. */
    publish: sendTo('outbox', ({ context }, { notification }: { notification: Notification }) => ({
      type: 'notification.publish',
      notification: silenceRepeated(context, notification),
    })),
    /** Lets the incident judge what qBittorrent does. */
    reportFailed: sendTo('incident', (_, { failure }: { failure: Failure }) => ({
      type: 'qbittorrent.failed',
      failure,
    })),
    reportRecovered: sendTo('incident', { type: 'qbittorrent.recovered' }),
    tellStore: enqueueActions(({ context, enqueue }, report: StoreReport) => {
      const { shown } = context.storeCard;
      const notification = storeNotice(report, shown);
      enqueue.assign({ storeCard: { shown, pending: notification } });
      enqueue.sendTo('outbox', {
        type: 'notification.publish',
        notification: silenceRepeated(context, notification),
      });
    }),
    noteIncident: enqueueActions(({ enqueue }, { raised }: { raised: boolean }) => {
      enqueue.assign(raised ? { raised, troubled: true } : { raised });
      if (raised) enqueue.sendTo('store', { type: 'incident.save', troubled: true });
    }),
    begin: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ ready: false, shards: new Set(), arrivals: restartAll(context.registry) });
      enqueue.sendTo('session', { type: 'session.wanted' });
      enqueue.raise({ type: 'starts.next' });
      // The store says it once, and the outbox that had it is another one now.
      const { pending } = context.storeCard;
      if (pending !== null)
        enqueue.sendTo('outbox', {
          type: 'notification.publish',
          notification: silenceRepeated(context, pending),
        });
    }),
    end: enqueueActions(({ context: { shards }, enqueue }) => {
      for (const id of shards) enqueue.stopChild(id);
    }),
    follow: enqueueActions(({ context, enqueue }, { hashes, quiet }: Following) => {
      const { registry, shards, partitionOf, policy } = context;
      let leftOut = 0;
      for (const hash of hashes) {
        if (isFull(context, hash)) {
          leftOut += 1;
          continue;
        }
        const known = find(registry, hash);
        const record = known ?? createRecord(hash, context.now(), quiet?.has(hash));
        put(registry, record);
        if (known === undefined) enqueue.sendTo('store', { type: 'record.save', record });
        const id = partitionOf(record.key);
        if (!shards.has(id)) enqueue.spawnChild('shard', { id, input: { policy } });
        shards.add(id);
        enqueue.sendTo(id, { type: 'torrent.start', record, ready: context.ready });
        if (record.stage === 'following')
          enqueue.sendTo('watcher', { type: 'torrent.watch', hash: record.hash });
      }
      if (leftOut > 0) enqueue.raise({ type: 'capacity.exceeded', leftOut });
    }),
    /** Before `follow`, which begins the torrent from its record. */
    noteFinishHook: enqueueActions(({ context, enqueue, self }, { hash }: { hash: Hash }) => {
      if (isFull(context, hash)) return;
      const at = context.now();
      const taken = receiveFinishHook(context, self.getSnapshot().children, hash, at);
      if (taken === null) return;
      enqueue.sendTo('store', { type: 'record.save', record: taken.record });
      if (taken.torrent !== undefined) enqueue.sendTo(taken.torrent, { type: 'finishHook.received', at });
    }),
    forgetFinishHook: enqueueActions(({ context: { registry }, enqueue }, { key }: { key: Hash }) => {
      const record = forgetFinishHook(registry, key);
      if (record !== null) enqueue.sendTo('store', { type: 'record.save', record });
    }),
    pollNow: sendTo('watcher', (_, { hash }: { hash: Hash | null }) => ({ type: 'poll.now', hash })),
    countScanFailure: assign({ scanFailures: ({ context }) => context.scanFailures + 1 }),
    broadcast: enqueueActions(({ context: { shards }, enqueue }, { type, failure }: Broadcast) => {
      enqueue.assign({ ready: type === 'session.ready' });
      for (const id of ['watcher', 'discovery', 'hookInstaller', ...shards]) enqueue.sendTo(id, { type });
      if (failure !== undefined) enqueue.sendTo('session', { type: 'session.expired', failure });
    }),
    rename: enqueueActions(({ context, enqueue }, { renamed }: Pick<Match, 'renamed'>) => {
      for (const { to, event } of renameAll(context, renamed)) enqueue.sendTo(to, event);
    }),
    /** To each torrent itself, not by its shard: with a hundred torrents that is half of all events. */
    deliver: enqueueActions(
      ({ context: { partitionOf }, self, enqueue }, { letters }: { letters: readonly AddressedEvent[] }) => {
        const { children } = self.getSnapshot();
        for (const { key, event } of letters) {
          const torrent = torrentIn(children[partitionOf(key)], key);
          if (torrent !== undefined) enqueue.sendTo(torrent, event);
        }
      },
    ),
    recordRequest: enqueueActions(
      ({ context: { registry, nameless, now }, enqueue }, told: { notification: Notification }) => {
        if (isNamelessCompletion(told.notification))
          enqueue.assign({ nameless: [...withinMinute(nameless, now()), now()] });
        const record = recordRequest(registry, told.notification);
        if (record === null) return;
        // Kept before its first attempt.
        enqueue.sendTo('store', { type: 'record.save', record });
        if (record.stage === 'following') return;
        // Its last words are told whatever qBittorrent says from now on.
        enqueue.sendTo('watcher', { type: 'torrent.unwatch', hash: record.hash });
      },
    ),
    recordSettlement: enqueueActions(
      ({ context, enqueue }, told: { notification: Notification; outcome: Outcome }) => {
        const record = recordSettlement(context.registry, told.notification, told.outcome, context.now());
        if (record !== null) enqueue.sendTo('store', { type: 'record.save', record });
        enqueue.assign({ storeCard: settleCard(context.storeCard, told) });
        const heard = recordSound(context, told);
        if (heard !== null) enqueue.sendTo('store', heard);
        // The all-clear is out, and nothing new came up meanwhile.
        if (!isAllClear(told.notification) || told.outcome === 'superseded' || context.raised) return;
        enqueue.assign({ troubled: false });
        enqueue.sendTo('store', { type: 'incident.save', troubled: false });
      },
    ),
    readd: enqueueActions(({ context, enqueue }, { hash }: { hash: Hash }) => {
      for (const { to, event } of readdMessages(context, hash)) enqueue.sendTo(to, event);
    }),
  },
  delays: {
    scanOverdue: overdueAfter('scan'),
    scanPause: ({ context }) => scanPause(context.scanFailures),
  },
});
