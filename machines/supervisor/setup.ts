import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import type { ErrorActorEvent } from 'xstate';
import { outboxMachine } from '../outbox.ts';
import type { OutboxReport } from '../outbox.ts';
import { partitionMachine } from '../partition.ts';
import type { PartitionReport } from '../partition.ts';
import { backoff } from '../rules/backoff.ts';
import { partitionOf } from '../rules/mail.ts';
import type { Letter } from '../rules/mail.ts';
import type { Match } from '../rules/matching.ts';
import { createRecord, drop, find, noteTelling, noteTold, put, rename } from '../rules/registry.ts';
import type { Registry } from '../rules/registry.ts';
import { countFailure, restartPause } from '../rules/restarts.ts';
import type { Failures } from '../rules/restarts.ts';
import { sessionMachine } from '../session.ts';
import type { SessionReport } from '../session.ts';
import type {
  Hash,
  Notification,
  Now,
  Observation,
  Outcome,
  Policy,
  Result,
  TorrentRecord,
} from '../types.ts';
import { watcherMachine } from '../watcher.ts';
import type { WatcherReport } from '../watcher.ts';

export type SupervisorEvent =
  | { type: 'track'; hash: Hash }
  | { type: 'arrivals.next' }
  | { type: 'torrent.revive'; key: Hash }
  | SessionReport
  | WatcherReport
  | OutboxReport
  | PartitionReport
  | ErrorActorEvent;

export interface SupervisorContext {
  policy: Policy;
  now: Now;
  registry: Registry;
  /** The IDs of the partitions that live. */
  partitions: readonly string[];
  /** Hashes still to be followed: in slices, so that the hook is answered in between. */
  arrivals: readonly Hash[];
  /** Whether the torrents may count on a session. */
  ready: boolean;
  scanFailures: number;
  crashes: Map<Hash, Failures>;
  /** Restarts of everything, after a service crashed. */
  restarts: Failures | undefined;
}

export const SLICE = 100;
const FIRST_SCAN_RETRY = 2000;
const LONGEST_SCAN_RETRY = 60_000;
/**
 * After this many restarts in a row the process ends, and whoever runs it starts it anew. Each of them logs in: five
 * refused passwords would ban the address.
 */
const MOST_RESTARTS = 3;

/** What the supervisor knows and can do; its chart is in `../supervisor.ts`. */
export const supervision = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    children: {} as { session: 'session'; watcher: 'watcher'; outbox: 'outbox' },
    input: {} as { policy: Policy; now: Now; records?: readonly TorrentRecord[] },
  },
  actors: {
    session: sessionMachine,
    watcher: watcherMachine,
    outbox: outboxMachine,
    partition: partitionMachine,
    /** Every torrent that is still on its way. */
    scan: fromPromise<Result<Observation[]>>(() => Promise.reject(new Error('there is nothing to scan'))),
  },
  guards: {
    untracked: ({ context }, { hash }: { hash: Hash }) => find(context.registry, hash) === undefined,
    tracked: ({ context }, { hash }: { hash: Hash }) => find(context.registry, hash) !== undefined,
    succeeded: (_, { result }: { result: Result<unknown> }) => result.ok,
    unauthorized: (_, { result }: { result: Result<unknown> }) =>
      !result.ok && result.failure.kind === 'unauthorized',
    hopeless: ({ context }) => (context.restarts?.count ?? 0) >= MOST_RESTARTS,
  },
  actions: {
    /** Says what happened to whoever runs the machine; he hands in a log. */
    note: (_) => {},
    begin: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ ready: false, partitions: [], arrivals: [...context.registry.records.keys()] });
      enqueue.sendTo('session', { type: 'session.wanted' });
      enqueue.raise({ type: 'arrivals.next' });
    }),
    end: enqueueActions(({ context: { partitions }, enqueue }) => {
      for (const id of partitions) enqueue.stopChild(id);
    }),
    follow: enqueueActions(({ context, enqueue }, { hashes }: { hashes: readonly Hash[] }) => {
      const partitions = new Set(context.partitions);
      for (const hash of hashes) {
        const record = find(context.registry, hash) ?? createRecord(hash, context.now());
        put(context.registry, record);
        const id = partitionOf(record.key);
        if (!partitions.has(id)) enqueue.spawnChild('partition', { id, input: { policy: context.policy } });
        partitions.add(id);
        enqueue.sendTo(id, { type: 'torrent.start', record, ready: context.ready });
        if (record.stage === 'following') enqueue.sendTo('watcher', { type: 'watch', hash: record.hash });
      }
      enqueue.assign({ partitions: [...partitions] });
    }),
    nextArrivals: enqueueActions(({ context: { arrivals }, enqueue }) => {
      enqueue.assign({ arrivals: arrivals.slice(SLICE) });
      if (arrivals.length > SLICE) enqueue.raise({ type: 'arrivals.next' }, { delay: 1 });
    }),
    arrive: enqueueActions(({ context, enqueue }, { found }: { found: Result<Observation[]> }) => {
      if (!found.ok) return;
      const hashes = found.value
        .map(({ hash }) => hash)
        .filter((hash) => find(context.registry, hash) === undefined);
      enqueue.assign({ arrivals: [...context.arrivals, ...hashes], scanFailures: 0 });
      enqueue.raise({ type: 'arrivals.next' });
    }),
    countScanFailure: assign({ scanFailures: ({ context }) => context.scanFailures + 1 }),
    broadcast: enqueueActions(
      ({ context: { partitions }, enqueue }, { type }: { type: 'session.ready' | 'session.lost' }) => {
        enqueue.assign({ ready: type === 'session.ready' });
        enqueue.sendTo('watcher', { type });
        for (const id of partitions) enqueue.sendTo(id, { type });
        if (type === 'session.lost') enqueue.sendTo('session', { type: 'session.expired' });
      },
    ),
    rename: enqueueActions(({ context: { registry }, enqueue }, { renamed }: Pick<Match, 'renamed'>) => {
      for (const { from, observation } of renamed) {
        const renaming = rename(registry, from, observation.hash);
        if (renaming.kind === 'same') continue;
        enqueue.sendTo('watcher', { type: 'unwatch', hash: from });
        enqueue.sendTo('watcher', { type: 'watch', hash: observation.hash });
        if (renaming.kind === 'renamed') continue;
        const { key, told: shown } = renaming.dropped;
        enqueue.sendTo(partitionOf(key), { type: 'torrent.stop', key });
        // Also takes the place of what waits for ntfy.
        enqueue.sendTo('outbox', { type: 'outbox.tell', notification: { kind: 'dismissal', key, shown } });
      }
    }),
    deliver: enqueueActions(
      ({ context: { partitions }, enqueue }, { letters }: { letters: readonly Letter[] }) => {
        for (const [id, bundle] of Map.groupBy(letters, ({ key }) => partitionOf(key))) {
          if (partitions.includes(id)) enqueue.sendTo(id, { type: 'deliver', letters: bundle });
        }
      },
    ),
    noteTelling: enqueueActions(
      ({ context: { registry }, enqueue }, told: { notification: Notification }) => {
        const record = noteTelling(registry, told.notification);
        // Its last words are told whatever qBittorrent says from now on.
        if (record !== null) enqueue.sendTo('watcher', { type: 'unwatch', hash: record.hash });
      },
    ),
    noteTold: assign(({ context }, told: { notification: Notification; outcome: Outcome }) => {
      noteTold(context.registry, told.notification, told.outcome);
      return {};
    }),
    close: enqueueActions(({ context: { registry, crashes }, enqueue }, { key }: { key: Hash }) => {
      const record = drop(registry, key);
      crashes.delete(key);
      enqueue.sendTo(partitionOf(key), { type: 'torrent.stop', key });
      enqueue.sendTo('watcher', { type: 'unwatch', hash: record?.hash ?? key });
    }),
    reviveLater: enqueueActions(({ context: { crashes, now }, enqueue }, { key }: { key: Hash }) => {
      const failures = countFailure(crashes.get(key), now());
      crashes.set(key, failures);
      enqueue.raise({ type: 'torrent.revive', key }, { delay: restartPause(failures), id: `revive.${key}` });
    }),
    countRestart: assign({ restarts: ({ context }) => countFailure(context.restarts, context.now()) }),
  },
  delays: {
    scanPause: ({ context }) => backoff(context.scanFailures, FIRST_SCAN_RETRY, LONGEST_SCAN_RETRY),
  },
});
