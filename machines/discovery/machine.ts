import { discoverySetup } from './setup.ts';
import { FIRST_WINDOW } from './newest.ts';
import { stopChildrenOnCrash } from '../stopping.ts';

const scan = discoverySetup.createStateConfig({
  description: 'Finds every unfinished torrent: after each login, and where a hook may have been missed.',
  initial: 'signedOut',
  states: {
    signedOut: { description: 'Waits for a session.', on: { 'session.ready': 'scanning' } },
    scanning: {
      entry: 'clearOutdated',
      on: {
        'session.lost': 'signedOut',
        rescan: { actions: 'markOutdated' },
        'capacity.freed': { actions: 'markOutdated' },
      },
      invoke: {
        id: 'scan',
        src: 'scan',
        onDone: [
          {
            guard: { type: 'sessionLost', params: ({ event }) => ({ result: event.output }) },
            target: 'signedOut',
            actions: { type: 'reportScanFailure', params: ({ event }) => ({ result: event.output }) },
          },
          {
            guard: { type: 'scanFailed', params: ({ event }) => ({ result: event.output }) },
            target: 'pausing',
            actions: [
              'countScanFailure',
              { type: 'reportScanFailure', params: ({ event }) => ({ result: event.output }) },
            ],
          },
          {
            target: 'scanned',
            actions: [
              'resetScanFailures',
              { type: 'reportScanned', params: ({ event }) => ({ result: event.output }) },
            ],
          },
        ],
      },
      after: { scanOverdue: { actions: { type: 'crash', params: { request: 'scan' } } } },
    },
    scanned: { always: [{ guard: 'outdated', target: 'pausing' }, { target: 'idle' }] },
    pausing: {
      description:
        'Before the next scan: the last one failed, rescans come in a burst, or there is capacity again.',
      on: { 'session.lost': 'signedOut' },
      after: { scanPause: 'scanning' },
    },
    idle: {
      description: 'The hooks name new torrents.',
      on: { 'session.lost': 'signedOut', rescan: 'scanning', 'capacity.freed': 'pausing' },
    },
  },
});

const newest = discoverySetup.createStateConfig({
  description: 'Finds new torrents where no hook can call (DISCOVER).',
  initial: 'starting',
  states: {
    starting: { always: [{ guard: 'off', target: 'off' }, { target: 'signedOut' }] },
    off: { description: 'DISCOVER is not set: no request, no timer.' },
    signedOut: { description: 'Waits for a session.', on: { 'session.ready': 'requesting' } },
    requesting: {
      on: { 'session.lost': { target: 'signedOut', actions: ['recordDelay', 'resetWindow'] } },
      invoke: {
        id: 'newest',
        src: 'newest',
        input: ({ context: { limit } }) => ({ limit }),
        onDone: {
          target: 'evaluating',
          actions: { type: 'recordNewest', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { newestOverdue: { actions: { type: 'crash', params: { request: 'newest' } } } },
    },
    evaluating: {
      description: 'More may have been added since the last answer than this one holds.',
      always: [
        { guard: 'newestFailed', target: 'pausing', actions: ['reportNewestFailure', 'recordDelay'] },
        { guard: 'tooSmall', target: 'requesting', actions: 'widenWindow' },
        { target: 'pausing', actions: ['reportNewest', 'keepNewest'] },
      ],
    },
    pausing: {
      entry: 'resetWindow',
      on: { 'session.lost': 'signedOut' },
      after: { discover: 'requesting' },
    },
  },
});

const machine = discoverySetup.createMachine({
  id: 'discovery',
  description: 'Finds torrents that no hook has named.',
  context: ({ input: { policy } }) => ({
    policy,
    scanFailures: 0,
    outdated: false,
    newest: null,
    delayed: false,
    limit: FIRST_WINDOW,
    reading: null,
    failure: null,
  }),
  type: 'parallel',
  states: { scan, newest },
});

/** Finds torrents that no hook has named: by a scan for unfinished ones, and by the newest ones now and then. */
export const discoveryMachine = stopChildrenOnCrash(machine);
