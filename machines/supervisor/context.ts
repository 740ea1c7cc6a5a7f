import type { ActorRefFrom, AnyActorRef } from 'xstate';
import { NO_INCIDENT_CARD } from '../incident/card.ts';
import { restoreNotices } from '../incident/notices.ts';
import { NO_STORE_CARD } from '../incident/store-notice.ts';
import { NO_RULES } from '../routing/rules.ts';
import { createIds } from '../notification-ids.ts';
import { takeUnheard } from '../digest/delivery.ts';
import { assignCard } from '../digest/completions.ts';
import { createDigests } from '../digest/digests.ts';
import { digestSettings } from '../digest/settings.ts';
import type { NtfyState } from '../digest/settings.ts';
import { isScarce } from '../outbox/budget.ts';
import type { outboxMachine } from '../outbox/machine.ts';
import { selectBudget, selectLive } from '../outbox/selectors.ts';
import { createQuietDigest } from '../quiet/pending.ts';
import { createRemote, recordButtons } from '../remote/presses.ts';
import type { Remote } from '../remote/presses.ts';
import { createBoard } from '../summary/board.ts';
import { asOfNow, withoutFuture } from './clock-set-back.ts';
import { restoreLeftCards } from './left-cards.ts';
import { torrentOf } from './messages.ts';
import type { Root } from './messages.ts';
import { restoreRecentCompletions } from './recent-completions.ts';
import { createRegistry, save } from './registry.ts';
import type { SupervisorContext, SupervisorInput } from './types.ts';
import type { RemoteInput } from '../remote/machine.ts';
import type { Hash, TorrentRecord } from '../domain.ts';
import type { TorrentDeps } from '../torrent/types.ts';

interface Creation {
  input: SupervisorInput;
  self: AnyActorRef;
}

/** What all torrents share, and the stores behind it. */
function createShared({ input, self }: Creation): Pick<SupervisorContext, 'registry' | 'digests' | 'deps'> {
  const { policy, now, records, writeRecord, rules = NO_RULES, summaries, writeDigest } = input;
  const remote = input.remote === undefined ? null : createRemote({ ...input.remote, now });
  const registry = createRegistry(
    records?.map((record) => asOfNow(record, now())),
    writeRecord,
    remote === null ? undefined : (key, record) => reportButtons(remote, self, key, record),
  );
  const digests = createDigests({
    ...digestSettings(policy, rules, () => readNtfy(self)),
    now,
    write: writeDigest,
    stored: input.digests,
  });
  const deps: TorrentDeps = {
    now,
    nextId: createIds(),
    save: (record) => save(registry, record),
    supervisor: self,
    remote,
    rules,
    cards: { assign: (completion, batch) => assignCard(digests, completion, batch) },
    summary: createBoard({
      settings: { policy, rules },
      now,
      hasTorrents: () => registry.records.size > 0,
      stored: summaries,
    }),
  };
  return { registry, digests, deps };
}

/** The initial context. */
export function createContext({ input, self }: Creation): SupervisorContext {
  const { policy, now, shardOf, incidentShown, sounds, notices, leftCards, quietHours } = input;
  const shared = createShared({ input, self });
  const { registry, digests } = shared;
  return {
    policy,
    now,
    ...shared,
    shardOf,
    shards: new Set(),
    pendingStarts: new Map(),
    ready: false,
    incidentShown: incidentShown ?? false,
    incidentRaised: incidentShown ?? false,
    incidentSounds: new Map(Object.entries(withoutFuture(sounds ?? {}, now()))),
    incidentCard: NO_INCIDENT_CARD,
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
            takeUnheard: (notification) => takeUnheard(digests, notification),
          }),
    capacityExceeded: false,
    recentCompletions: restoreRecentCompletions(input.recentCompletions),
    crashes: new Map(),
    namelessCompletions: [],
    restarts: undefined,
  };
}

/** The actor `remote` reads the command topic only while a card has buttons. */
function reportButtons(
  remote: Remote,
  { system }: AnyActorRef,
  key: Hash,
  record: TorrentRecord | undefined,
): void {
  if (recordButtons(remote, key, record)) system.get('remote')?.send({ type: 'buttons.changed' });
}

/** What the outbox knows of ntfy. Not read from the supervisor's snapshot, which there is none of while it starts. */
function readNtfy({ system }: AnyActorRef): NtfyState {
  const outbox = system.get('outbox') as ActorRefFrom<typeof outboxMachine> | undefined;
  if (outbox === undefined) return { live: null, isScarce: false };
  const snapshot = outbox.getSnapshot();
  return { live: selectLive(snapshot), isScarce: isScarce(selectBudget(snapshot)) };
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

/** The input of the actor `remote`. */
export const remoteInput = (
  remote: Remote,
  { context, self }: { context: SupervisorContext; self: Root },
): RemoteInput => ({
  ...torrentServiceInput({ context, self }),
  remote,
  findRecord: (key: Hash) => context.registry.records.get(key),
});

/** The input of the actor `digest`. */
export const digestInput = (args: { context: SupervisorContext; self: Root }) => ({
  digests: args.context.digests,
  quietDigest: args.context.quietDigest,
  nextId: args.context.deps.nextId,
  findTorrent: torrentServiceInput(args).findTorrent,
});
