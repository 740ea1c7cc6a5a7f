import { assign } from 'xstate';
import { findRenamed } from '../rules/registry.ts';
import { NO_ANSWER } from '../types.ts';
import type { Result } from '../types.ts';
import { lostBy, supervision } from './setup.ts';

const HASTEN_ALL = { type: 'hasten', params: { hash: null } } as const;

/** How the supervisor finds what no hook has named. */
export const scanning = supervision.createStateConfig({
  description: 'No hook is replayed: what was added meanwhile is found by looking.',
  entry: assign({ stale: false }),
  on: { look: { actions: ['note', HASTEN_ALL, assign({ stale: true })] } },
  invoke: {
    id: 'scan',
    src: 'scan',
    onDone: [
      {
        guard: { type: 'succeeded', params: ({ event }) => ({ result: event.output }) },
        target: 'watching',
        actions: [
          { type: 'relieve', params: () => ({ well: true }) },
          {
            type: 'rename',
            params: ({ context: { registry }, event }) => ({
              renamed: findRenamed(registry, valueOf(event.output)),
            }),
          },
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
});

export const pausing = supervision.createStateConfig({
  description: 'Before the next look: the last one failed, or hooks without a hash come in a burst.',
  after: { scanPause: 'scanning' },
});

export const watching = supervision.createStateConfig({
  description: 'What the hooks tell is followed.',
  on: { look: { target: 'scanning', actions: ['note', HASTEN_ALL] } },
  always: { guard: ({ context }) => context.stale, target: 'pausing' },
});

const valueOf = <T>(result: Result<T[]>): T[] => (result.ok ? result.value : []);
