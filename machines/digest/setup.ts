import { enqueueActions, sendParent, setup } from 'xstate';
import type { NextId, Outcome, RequestedNotification } from '../domain.ts';
import type { OutboxEvent } from '../outbox/setup.ts';
import type { OutboxReport } from '../outbox/types.ts';
import { passQuietHours } from '../quiet/passing.ts';
import type { QuietDigest } from '../quiet/pending.ts';
import { isSilenced } from '../quiet/sound.ts';
import type { FindTorrent } from '../shard/machine.ts';
import type { TorrentEvent } from '../torrent/types.ts';
import { groupAlert, releaseDue } from './alerts.ts';
import type { Decision } from './alerts.ts';
import { composeDue } from './compose.ts';
import { awaitDelivery, markSilenced, recordDelivery } from './delivery.ts';
import { closeDigests, memberWith, nextStepAt, resumeDigests } from './digests.ts';
import type { Digests } from './digests.ts';
import type { RequestedCompletion } from './types.ts';

export type DigestEvent =
  /** A torrent whose completion is on a digest waits until ntfy has accepted that. */
  | { type: 'completion.collected'; notification: RequestedCompletion }
  /** An alert, or the end of one: it goes to the outbox, unless it is on a digest. */
  | { type: 'notification.publish'; notification: RequestedNotification }
  | { type: 'notification.settled'; notification: RequestedNotification; outcome: Outcome }
  /** The process ends: what is due later is sent now. */
  | { type: 'digest.sendNow' };

export interface DigestInput {
  digests: Digests;
  quietDigest: QuietDigest | null;
  nextId: NextId;
  findTorrent: FindTorrent;
}

/** Milliseconds: a timer ignores changes of the clock, and the time in which the computer was suspended. */
const MAX_TIMER = 60_000;
/**
 * Torrents per slice that learn of the delivery, and milliseconds between two slices, so that hooks and probes are answered
 * in between: two thousand can be on one digest.
 */
const SETTLED_PER_SLICE = 5;
const SLICE_PAUSE = 5;

/** The parts of an action's arguments that `publish` needs. */
type Step = Pick<Parameters<typeof passQuietHours>[0], 'system' | 'enqueue'> & { context: DigestInput };

function publish({ system, enqueue }: Step, notification: RequestedNotification): void {
  const outbox = system.get('outbox');
  const event: OutboxEvent = { type: 'notification.publish', notification };
  if (outbox !== undefined) enqueue.sendTo(outbox, event);
}

/** Sends what has its own card. Quiet hours collect what is on a digest, also if that has made its sound before them. */
function apply(step: Step, { own, grouped, settled }: Decision): void {
  const { digests } = step.context;
  for (const notification of own) publish(step, notification);
  for (const { digest, member, alert } of grouped)
    if (member.silenced !== true && isSilenced(passQuietHours(step, alert, true)))
      markSilenced(digests, digest, member);
  if (settled === null) return;
  // Also if quiet hours have collected the alert.
  passQuietHours(step, settled, true);
  digests.delivered.push(settled);
}

/** Guards and actions of the digests; their chart is in `./machine.ts`. */
export const digestSetup = setup({
  types: {
    context: {} as DigestInput,
    events: {} as DigestEvent,
    input: {} as DigestInput,
  },
  guards: {
    hasMore: ({ context: { digests } }) => digests.delivered.length > 0,
    scheduled: ({ context: { digests } }) => nextStepAt(digests) < Infinity,
  },
  // In `enqueueActions`, like all that changes the digests: the guards of the same step read them.
  actions: {
    collect: enqueueActions((step, { notification }: { notification: RequestedCompletion }) => {
      const { digests } = step.context;
      if (!awaitDelivery(digests, notification)) {
        const own = { ...notification };
        delete own.digest;
        publish(step, own);
        return;
      }
      const digest = digests.byId.get(notification.digest ?? '');
      const member = digest === undefined ? undefined : memberWith(digest, notification.key);
      if (digest === undefined || member === undefined || digest.silent || member.silenced === true) return;
      if (member.order > digest.deliveredUpTo && isSilenced(passQuietHours(step, notification, true)))
        markSilenced(digests, digest, member);
    }),
    groupAlert: enqueueActions((step, { notification }: { notification: RequestedNotification }) => {
      const { digests, nextId } = step.context;
      apply(step, groupAlert(digests, notification, nextId));
    }),
    recordSettlement: enqueueActions(
      (
        { context: { digests, nextId } },
        { notification, outcome }: { notification: RequestedNotification; outcome: Outcome },
      ) => {
        if (outcome === 'accepted') recordDelivery(digests, notification, nextId);
      },
    ),
    resume: enqueueActions(({ context: { digests } }) => resumeDigests(digests)),
    sendNow: enqueueActions(({ context: { digests } }) => {
      for (const digest of digests.byId.values()) if (digest.nextAt < Infinity) digest.nextAt = digests.now();
    }),
    publishDue: enqueueActions((step) => {
      const { digests, nextId } = step.context;
      closeDigests(digests);
      apply(step, releaseDue(digests, nextId));
      for (const notification of composeDue(digests, nextId)) publish(step, notification);
    }),
    /** Like the outbox: to the torrent, and to the supervisor for the log, the metrics and a crashed torrent. */
    settleDelivered: enqueueActions(({ context: { digests, findTorrent }, enqueue }) => {
      for (const notification of digests.delivered.splice(0, SETTLED_PER_SLICE)) {
        const settled = { type: 'notification.settled', notification, outcome: 'accepted' } as const;
        enqueue(sendParent({ ...settled, failure: null } satisfies OutboxReport));
        const torrent = findTorrent(notification.key);
        if (torrent !== undefined) enqueue.sendTo(torrent, settled satisfies TorrentEvent);
      }
    }),
  },
  delays: {
    slice: SLICE_PAUSE,
    next: ({ context: { digests } }) => Math.min(MAX_TIMER, Math.max(1, nextStepAt(digests) - digests.now())),
  },
});
