import { assign, enqueueActions } from 'xstate';
import {
  addPendingStarts,
  dropPendingStarts,
  firstPendingStarts,
  pendingStartsOf,
  sortPendingStarts,
} from './pending-starts.ts';
import type { PendingStart } from './pending-starts.ts';
import { find, findRenamed, save } from './registry.ts';
import { isFull, readdMessages } from './messages.ts';
import { createRecord } from '../torrent/record.ts';
import type { Hash } from '../domain.ts';
import { crashing } from './crashing.ts';
import { emitCapacityExceeded, emitEvent } from './emitted.ts';
import { start } from './setup.ts';
import type { SupervisorContext } from './types.ts';

/** Torrents per slice: one to two milliseconds of work, so that hooks are answered in between. */
const STARTS_PER_SLICE = 5;

const nextStarts = ({ pendingStarts }: SupervisorContext) =>
  firstPendingStarts(pendingStarts, STARTS_PER_SLICE);

const sortNext = (context: SupervisorContext) =>
  sortPendingStarts(context.registry, context.recentCompletions, nextStarts(context));

/** Milliseconds between two slices. */
const SLICE_PAUSE = 1;

/** Torrents wait for the next slice; `raise` requests it. */
function queue(
  { pendingStarts }: SupervisorContext,
  starts: readonly PendingStart[],
  { raise }: { raise: (event: { type: 'starts.next' }, options: { delay: number }) => void },
): void {
  if (pendingStarts.size === 0 && starts.length > 0) raise({ type: 'starts.next' }, { delay: SLICE_PAUSE });
  addPendingStarts(pendingStarts, starts);
}

/** Adds: starting torrents that were found, or were tracked before a restart. */
export const startingSetup = crashing.extend({
  actions: {
    queueStarts: enqueueActions(({ context, enqueue }, { starts }: { starts: readonly PendingStart[] }) =>
      queue(context, starts, enqueue),
    ),
    /** Stores those of these torrents that are new: all in one transaction. A few are started at once. */
    add: enqueueActions(({ context, enqueue, self }, { hashes }: { hashes: readonly Hash[] }) => {
      const { registry, now, pendingStarts } = context;
      const starts: PendingStart[] = [];
      let atOnce = pendingStarts.size === 0 ? STARTS_PER_SLICE : 0;
      let isExceeded = false;
      for (const hash of hashes) {
        if (find(registry, hash) !== undefined) {
          for (const { to, event } of readdMessages(context, self, hash)) enqueue.sendTo(to, event);
        } else if (isFull(context, hash)) isExceeded = true;
        else {
          const record = createRecord(hash, now());
          save(registry, record);
          if (atOnce-- > 0) start(context, enqueue, record);
          else starts.push({ hash, torrent: null, quiet: false });
          enqueue.emit({ type: 'torrent.tracked', hash });
        }
      }
      queue(context, starts, enqueue);
      if (isExceeded) enqueue.raise({ type: 'capacity.exceeded' });
    }),
    nextSlice: enqueueActions(({ context, enqueue }) => {
      const { pendingStarts } = context;
      dropPendingStarts(pendingStarts, nextStarts(context));
      if (pendingStarts.size > 0) enqueue.raise({ type: 'starts.next' }, { delay: SLICE_PAUSE });
    }),
    recordCapacityExceeded: assign({ capacityExceeded: true }),
    reportFreed: enqueueActions(({ enqueue }) => {
      enqueue.assign({ capacityExceeded: false });
      enqueue.sendTo('discovery', { type: 'capacity.freed' });
    }),
  },
});

/** How the supervisor handles what discovery finds, and the limit of torrents. */
export const starting = startingSetup.createStateConfig({
  on: {
    'torrents.track': {
      description: 'Stores them in one transaction, and starts them in slices.',
      actions: { type: 'add', params: ({ event }) => event },
    },
    'starts.next': {
      actions: [
        {
          type: 'rename',
          params: ({ context }) => ({
            renamed: findRenamed(
              context.registry,
              nextStarts(context).flatMap(({ torrent }) => torrent ?? []),
            ),
          }),
        },
        { type: 'add', params: ({ context }) => ({ hashes: sortNext(context).met }) },
        { type: 'track', params: ({ context }) => sortNext(context) },
        'nextSlice',
      ],
    },
    'torrents.found': {
      actions: [
        'reportRecovered',
        {
          type: 'queueStarts',
          params: ({ context, event }) => ({ starts: pendingStartsOf(context.registry, event.found) }),
        },
      ],
    },
    'discovery.delayed': { actions: emitEvent },
    'capacity.exceeded': [
      { guard: 'full', description: 'It is known.' },
      { actions: [emitCapacityExceeded, 'recordCapacityExceeded'] },
    ],
  },
  always: { guard: 'freed', actions: 'reportFreed' },
});
