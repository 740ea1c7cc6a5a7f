import type { AnyActorRef } from 'xstate';
import { restoreNotices } from '../incident/notices.ts';
import { NO_STORE_CARD } from '../incident/store-notice.ts';
import { NO_RULES } from '../routing/rules.ts';
import { createIds } from '../notification-ids.ts';
import { createQuietDigest } from '../quiet/pending.ts';
import { createBoard } from '../summary/board.ts';
import { asOfNow, withoutFuture } from './clock-set-back.ts';
import { restoreLeftCards } from './left-cards.ts';
import { torrentOf } from './messages.ts';
import type { Root } from './messages.ts';
import { createRegistry, save } from './registry.ts';
import type { SupervisorContext, SupervisorInput } from './types.ts';
import type { Hash } from '../domain.ts';

/** The initial context. */
export function createContext({
  input,
  self,
}: {
  input: SupervisorInput;
  self: AnyActorRef;
}): SupervisorContext {
  const { policy, now, shardOf, records, writeRecord, incidentShown, sounds } = input;
  const { notices, leftCards, rules, quietHours, summaries } = input;
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
      rules: rules ?? NO_RULES,
      summary: createBoard({
        settings: { policy, rules: rules ?? NO_RULES },
        now,
        hasTorrents: () => registry.records.size > 0,
        stored: summaries,
      }),
    },
    shardOf,
    shards: new Set(),
    pendingStarts: [],
    ready: false,
    incidentShown: incidentShown ?? false,
    incidentRaised: incidentShown ?? false,
    incidentSounds: new Map(Object.entries(withoutFuture(sounds ?? {}, now()))),
    storeCard: NO_STORE_CARD,
    notices: restoreNotices(notices),
    leftCards: restoreLeftCards(leftCards),
    quietDigest:
      quietHours === undefined
        ? null
        : createQuietDigest({
            ...quietHours,
            now,
            isCompleting: (key) => registry.records.get(key)?.stage === 'completing',
          }),
    capacityExceeded: false,
    recentCompletions: new Map(),
    crashes: new Map(),
    namelessCompletions: [],
    restarts: undefined,
  };
}

/** The input of a service that sends to torrents. */
export const torrentServiceInput = ({ context, self }: { context: SupervisorContext; self: Root }) => ({
  policy: context.policy,
  now: context.now,
  findTorrent: (key: Hash) => torrentOf(context, self, key),
});

/** The input of the outbox. */
export const outboxInput = (args: { context: SupervisorContext; self: Root }) => ({
  ...torrentServiceInput(args),
  refused: [...args.context.notices.refused.keys()],
  rules: args.context.deps.rules,
  quietDigest: args.context.quietDigest,
  summary: args.context.deps.summary,
});
