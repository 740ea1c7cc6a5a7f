import { assign } from 'xstate';
import { NO_ANSWER } from '../types.ts';
import type { Result } from '../types.ts';
import { arriving } from './arriving.ts';
import { lostBy } from './setup.ts';

const HASTEN_ALL = { type: 'hasten', params: { hash: null } } as const;

/** How the supervisor finds what no hook has named. */
export const scanning = arriving.createStateConfig({
  description: 'No hook is replayed: what was added meanwhile is found by looking.',
  entry: assign({ stale: false, leftOut: false }),
  on: { look: { actions: ['note', HASTEN_ALL, assign({ stale: true })] } },
  invoke: {
    id: 'scan',
    src: 'scan',
    onDone: [
      {
        guard: { type: 'succeeded', params: ({ event }) => ({ result: event.output }) },
        target: 'watching',
        actions: ['relieve', { type: 'arrive', params: ({ event }) => ({ found: valueOf(event.output) }) }],
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

export const pausing = arriving.createStateConfig({
  description:
    'Before the next look: the last one failed, hooks without a hash come in a burst, or places are free.',
  after: { scanPause: 'scanning' },
});

export const watching = arriving.createStateConfig({
  description: 'What the hooks tell is followed.',
  on: { look: { target: 'scanning', actions: ['note', HASTEN_ALL] } },
  always: [
    { guard: 'stale', target: 'pausing' },
    { guard: 'freed', target: 'pausing' },
  ],
});

const valueOf = <T>(result: Result<T[]>): T[] => (result.ok ? result.value : []);
