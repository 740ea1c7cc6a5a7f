import { enqueueActions } from 'xstate';
import { arrivalsOf, sortArrivals } from '../rules/arrivals.ts';
import { findRenamed } from '../rules/registry.ts';
import type { Hash, Observation } from '../types.ts';
import { crashing } from './crashing.ts';
import type { SupervisorContext } from './types.ts';

/** Torrents that arrive at a time: a few milliseconds of work, so that hooks are answered in between. */
const SLICE = 100;

const nextOf = ({ arrivals }: SupervisorContext) => arrivals.slice(0, SLICE);

const sortNext = (context: SupervisorContext) =>
  sortArrivals(context.registry, context.ended, nextOf(context));

/** With how torrents arrive that were found, or were tracked before a restart. */
export const arriving = crashing.extend({
  actions: {
    arrive: enqueueActions(({ context, enqueue }, { found }: { found: readonly Observation[] }) => {
      const { registry, arrivals } = context;
      enqueue.assign({ arrivals: [...arrivals, ...arrivalsOf(registry, found)], scanFailures: 0 });
      if (arrivals.length === 0 && found.length > 0) enqueue.raise({ type: 'arrivals.next' });
    }),
    meetFound: enqueueActions(({ enqueue }, { hashes }: { hashes: readonly Hash[] }) => {
      for (const hash of hashes) enqueue.raise({ type: 'track', hash });
    }),
    nextArrivals: enqueueActions(({ context: { arrivals }, enqueue }) => {
      enqueue.assign({ arrivals: arrivals.slice(SLICE) });
      if (arrivals.length > SLICE) enqueue.raise({ type: 'arrivals.next' }, { delay: 1 });
    }),
  },
});

/** What the supervisor hears of it, in whatever state. */
export const arrivals = arriving.createStateConfig({
  on: {
    'arrivals.next': {
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
        { type: 'meetFound', params: ({ context }) => ({ hashes: sortNext(context).met }) },
        { type: 'follow', params: ({ context }) => sortNext(context) },
        'nextArrivals',
      ],
    },
    'discovery.found': {
      actions: ['relieve', { type: 'arrive', params: ({ event: { found } }) => ({ found }) }],
    },
    'capacity.exceeded': { actions: ['note', arriving.assign({ leftOut: true })] },
  },
});
