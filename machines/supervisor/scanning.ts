import { assign } from 'xstate';
import { NO_ANSWER } from '../domain.ts';
import type { Result } from '../domain.ts';
import { emitRescan } from './emitted.ts';
import { startingSetup } from './starting.ts';
import { lostBy } from './setup.ts';

const POLL_ALL_NOW = { type: 'pollNow', params: { hash: null } } as const;

/** How the supervisor finds what no hook has named. */
export const scanning = startingSetup.createStateConfig({
  description: 'No hook is replayed: what was added meanwhile is found by looking.',
  entry: assign({ stale: false, leftOut: false }),
  on: { rescan: { actions: [emitRescan, POLL_ALL_NOW, assign({ stale: true })] } },
  invoke: {
    id: 'scan',
    src: 'scan',
    onDone: [
      {
        guard: { type: 'succeeded', params: ({ event }) => ({ result: event.output }) },
        target: 'watching',
        actions: [
          'reportRecovered',
          { type: 'arrive', params: ({ event }) => ({ found: valueOf(event.output) }) },
        ],
      },
      {
        guard: { type: 'unauthorized', params: ({ event }) => ({ result: event.output }) },
        target: 'waiting',
        actions: {
          type: 'broadcast',
          params: ({ event: { output } }) => lostBy(output.ok ? NO_ANSWER : output.failure),
        },
      },
      { target: 'pausing', actions: 'countScanFailure' },
    ],
  },
  after: { scanOverdue: { actions: 'crashScan' } },
});

export const pausing = startingSetup.createStateConfig({
  description:
    'Before the next look: the last one failed, hooks without a hash come in a burst, or places are free.',
  after: { scanPause: 'scanning' },
});

export const watching = startingSetup.createStateConfig({
  description: 'What the hooks tell is followed.',
  on: { rescan: { target: 'scanning', actions: [emitRescan, POLL_ALL_NOW] } },
  always: [
    { guard: 'stale', target: 'pausing' },
    { guard: 'freed', target: 'pausing' },
  ],
});

const valueOf = <T>(result: Result<T[]>): T[] => (result.ok ? result.value : []);
