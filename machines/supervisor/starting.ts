import { assign, enqueueActions } from 'xstate';
import { pendingStartsOf, sortPendingStarts } from './pending-starts.ts';
import { findRenamed } from './registry.ts';
import type { Hash, Observation } from '../domain.ts';
import { crashing } from './crashing.ts';
import { emitCapacityExceeded, emitEvent } from './emitted.ts';
import type { SupervisorContext } from './types.ts';

/** Torrents per slice: a few milliseconds of work, so that hooks are answered in between. */
const STARTS_PER_SLICE = 100;

const nextStarts = ({ pendingStarts }: SupervisorContext) => pendingStarts.slice(0, STARTS_PER_SLICE);

const sortNext = (context: SupervisorContext) =>
  sortPendingStarts(context.registry, context.recentCompletions, nextStarts(context));

/** Adds: starting torrents that were found, or were tracked before a restart. */
export const startingSetup = crashing.extend({
  actions: {
    queueStarts: enqueueActions(({ context, enqueue }, { found }: { found: readonly Observation[] }) => {
      const { registry, pendingStarts } = context;
      enqueue.assign({ pendingStarts: [...pendingStarts, ...pendingStartsOf(registry, found)] });
      if (pendingStarts.length === 0 && found.length > 0) enqueue.raise({ type: 'starts.next' });
    }),
    readdFound: enqueueActions(({ enqueue }, { hashes }: { hashes: readonly Hash[] }) => {
      for (const hash of hashes) enqueue.raise({ type: 'torrent.track', hash });
    }),
    nextSlice: enqueueActions(({ context: { pendingStarts }, enqueue }) => {
      enqueue.assign({ pendingStarts: pendingStarts.slice(STARTS_PER_SLICE) });
      if (pendingStarts.length > STARTS_PER_SLICE) enqueue.raise({ type: 'starts.next' }, { delay: 1 });
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
        { type: 'readdFound', params: ({ context }) => ({ hashes: sortNext(context).met }) },
        { type: 'track', params: ({ context }) => sortNext(context) },
        'nextSlice',
      ],
    },
    'torrents.found': {
      actions: ['reportRecovered', { type: 'queueStarts', params: ({ event: { found } }) => ({ found }) }],
    },
    'discovery.delayed': { actions: emitEvent },
    'capacity.exceeded': { actions: [emitCapacityExceeded, 'recordCapacityExceeded'] },
  },
  always: { guard: 'freed', actions: 'reportFreed' },
});
