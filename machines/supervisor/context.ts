import type { AnyActorRef } from 'xstate';
import { NO_CARD } from '../incident/store-notice.ts';
import { createIds } from '../notification-ids.ts';
import { asOfNow, withoutFuture } from './clock-set-back.ts';
import { torrentOf } from './messages.ts';
import type { Root } from './messages.ts';
import { createRegistry, save } from './registry.ts';
import type { SupervisorContext, SupervisorInput } from './types.ts';
import type { Hash } from '../domain.ts';

/** What the supervisor begins with. */
export function createContext({
  input,
  self,
}: {
  input: SupervisorInput;
  self: AnyActorRef;
}): SupervisorContext {
  const { policy, now, partitionOf, records, writeRecord, troubled, sounds } = input;
  const registry = createRegistry(
    records?.map((record) => asOfNow(record, now())),
    writeRecord,
  );
  return {
    policy,
    now,
    registry,
    deps: {
      now,
      nextId: createIds(),
      save: (record) => save(registry, record),
      supervisor: self,
    },
    partitionOf,
    shards: new Set(),
    pendingStarts: [],
    ready: false,
    troubled: troubled ?? false,
    raised: troubled ?? false,
    incidentSounds: new Map(Object.entries(withoutFuture(sounds ?? {}, now()))),
    storeCard: NO_CARD,
    leftOut: false,
    ended: new Map(),
    crashes: new Map(),
    nameless: [],
    restarts: undefined,
  };
}

/** The input of a service that sends to torrents. */
export const torrentServiceInput = ({ context, self }: { context: SupervisorContext; self: Root }) => ({
  policy: context.policy,
  now: context.now,
  findTorrent: (key: Hash) => torrentOf(context, self, key),
});
