import { digestSetup } from './setup.ts';

export type { DigestEvent, DigestInput } from './setup.ts';

/** Sends the digests of completions and alerts, and tells the torrents that they were delivered. */
export const digestMachine = digestSetup.createMachine({
  id: 'digest',
  description: 'Sends what arrives together as one growing card.',
  context: ({ input }) => input,
  on: {
    'completion.collected': {
      target: '.sending',
      actions: { type: 'collect', params: ({ event }) => event },
    },
    'notification.publish': {
      target: '.sending',
      actions: { type: 'groupAlert', params: ({ event }) => event },
    },
    'notification.settled': {
      target: '.sending',
      actions: { type: 'recordSettlement', params: ({ event }) => event },
    },
    'digest.sendNow': { target: '.sending', actions: 'sendNow' },
  },
  initial: 'resuming',
  states: {
    resuming: {
      description: 'After a start: what was not delivered is sent again, under the same sequence ID.',
      entry: 'resume',
      always: 'sending',
    },
    sending: {
      description: 'Sends the digests that are due, and tells torrents of delivered ones that they can end.',
      entry: ['publishDue', 'settleDelivered'],
      always: [
        { guard: 'hasMore', target: 'slicing' },
        { guard: 'scheduled', target: 'waiting' },
        { target: 'idle' },
      ],
    },
    slicing: {
      description: 'Many torrents end: hooks are answered in between.',
      after: { slice: 'sending' },
    },
    waiting: {
      description:
        'Alerts are collected, or a digest is open: it is sent again when it has changed, and closed after a minute without a new line.',
      after: { next: 'sending' },
    },
    idle: { description: 'No digest is open: no timer.' },
  },
});
