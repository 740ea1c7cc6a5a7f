import { enqueueActions } from 'xstate';
import { pendingStartsOf, sortPendingStarts } from './pending-starts.ts';
import { findRenamed } from './registry.ts';
import type { Hash, Observation } from '../domain.ts';
import { crashing } from './crashing.ts';
import { emitCapacityExceeded } from './emitted.ts';
import type { SupervisorContext } from './types.ts';

/** Torrents that arrive at a time: a few milliseconds of work, so that hooks are answered in between. */
const STARTS_PER_SLICE = 100;

const nextOf = ({ arrivals: pendingStartsConfig }: SupervisorContext) =>
  pendingStartsConfig.slice(0, STARTS_PER_SLICE);

const sortNext = (context: SupervisorContext) =>
  sortPendingStarts(context.registry, context.ended, nextOf(context));

/** With how torrents arrive that were found, or were tracked before a restart. */
export const startingSetup = crashing.extend({
  actions: {
    arrive: enqueueActions(({ context, enqueue }, { found }: { found: readonly Observation[] }) => {
      const { registry, arrivals } = context;
      enqueue.assign({ arrivals: [...arrivals, ...pendingStartsOf(registry, found)], scanFailures: 0 });
      if (arrivals.length === 0 && found.length > 0) enqueue.raise({ type: 'starts.next' });
    }),
    readdFound: enqueueActions(({ enqueue }, { hashes }: { hashes: readonly Hash[] }) => {
      for (const hash of hashes) enqueue.raise({ type: 'torrent.track', hash });
    }),
    nextArrivals: enqueueActions(({ context: { arrivals }, enqueue }) => {
      enqueue.assign({ arrivals: arrivals.slice(STARTS_PER_SLICE) });
      if (arrivals.length > STARTS_PER_SLICE) enqueue.raise({ type: 'starts.next' }, { delay: 1 });
    }),
  },
});

/** What the supervisor hears of it, in whatever state. */
export const arrivals = startingSetup.createStateConfig({
  on: {
    'starts.next': {
      actions: [
        {
          type: 'rename',
          params: ({ context }) => ({
            renamed: findRenamed(
              context.registry,
              nextOf(context).flatMap(({ torrent }) => torrent ?? []),
            ),
          }),
        },
        { type: 'readdFound', params: ({ context }) => ({ hashes: sortNext(context).met }) },
        { type: 'follow', params: ({ context }) => sortNext(context) },
        'nextArrivals',
      ],
    },
    'discovery.found': {
      actions: ['reportRecovered', { type: 'arrive', params: ({ event: { found } }) => ({ found }) }],
    },
    'capacity.exceeded': { actions: [emitCapacityExceeded, startingSetup.assign({ leftOut: true })] },
  },
});
