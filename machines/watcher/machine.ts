import { assign } from 'xstate';
import { createPollSet } from './poll-set.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { DEFAULT_COMPLETION } from '../domain.ts';
import { NO_MATCH, watcherSetup } from './setup.ts';

const machine = watcherSetup.createMachine({
  id: 'watcher',
  description: 'One poll for all torrents that move, and none while nothing is tracked.',
  context: ({ input }) => ({
    policy: input.policy,
    now: input.now,
    looks: createPollSet(),
    keys: new Map(),
    findTorrent: input.findTorrent,
    ready: false,
    asked: [],
    askedAt: 0,
    observations: [],
    at: 0,
    missing: new Set(),
    looking: false,
    matched: NO_MATCH,
    failure: null,
    failures: 0,
    completion: DEFAULT_COMPLETION,
    completionReadAt: null,
  }),
  invoke: { id: 'matcher', src: 'matcher', input: ({ context: { policy } }) => ({ policy }) },
  on: {
    'torrent.watch': { actions: { type: 'watch', params: ({ event }) => event } },
    'torrent.unwatch': { actions: { type: 'unwatch', params: ({ event }) => ({ hash: event.hash }) } },
    'poll.now': { actions: { type: 'pollNow', params: ({ event }) => ({ hash: event.hash }) } },
    'session.ready': { actions: assign({ ready: true }) },
    'session.lost': {
      target: '.asleep',
      actions: ['beginAnew', 'forgetMissing', assign({ ready: false })],
    },
    'missing.matched': { actions: { type: 'noteMatched', params: ({ event }) => event } },
    'qbittorrent.failed': { actions: { type: 'forwardFailure', params: ({ event }) => event } },
  },
  initial: 'asleep',
  states: {
    asleep: {
      description: 'Nothing is tracked, or nobody is logged in: no request, no timer.',
      entry: 'forget',
      always: { guard: 'wanted', target: 'gathering' },
    },
    gathering: {
      description: 'New torrents often come in bursts: one poll for all of them.',
      always: [
        { guard: 'unwanted', target: 'asleep' },
        { guard: 'hasty', target: 'polling' },
      ],
      after: { gather: 'polling' },
    },
    polling: {
      description: 'Those that move or are new; all of them each 30 s.',
      entry: 'ask',
      invoke: {
        id: 'observe',
        src: 'observe',
        input: ({ context }) => ({ hashes: context.asked }),
        onDone: {
          target: 'judging',
          actions: { type: 'noteSeen', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { observeOverdue: { actions: { type: 'crash', params: { request: 'observe' } } } },
    },
    judging: {
      always: [
        { guard: 'failed', target: 'resting', actions: 'reportFailure' },
        { target: 'judgingCompletions', actions: 'lookUp' },
      ],
    },
    judgingCompletions: {
      always: [{ guard: 'needsSettings', target: 'readingSettings' }, { target: 'reporting' }],
    },
    readingSettings: {
      description: 'Something is finished: will qBittorrent check it again?',
      invoke: {
        id: 'settings',
        src: 'settings',
        onDone: {
          target: 'reporting',
          actions: { type: 'noteSettings', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { settingsOverdue: { actions: { type: 'crash', params: { request: 'settings' } } } },
    },
    reporting: {
      description: 'What was seen, in slices: hooks are answered in between.',
      entry: ['watchHeld', 'reportAnswer', 'deliver', 'reportRenamed', 'nextSlice'],
      always: [{ guard: 'untold', target: 'slicing' }, { target: 'resting' }],
    },
    slicing: { after: { slicePause: 'reporting' } },
    resting: {
      description: 'Until the next poll.',
      entry: 'forget',
      always: [
        { guard: 'unwanted', target: 'asleep' },
        { guard: 'fresh', target: 'gathering' },
      ],
      on: {
        'poll.now': {
          target: 'polling',
          actions: { type: 'pollNow', params: ({ event }) => ({ hash: event.hash }) },
        },
        'missing.matched': {
          target: 'judgingCompletions',
          actions: { type: 'noteMatched', params: ({ event }) => event },
        },
      },
      after: { pause: 'polling' },
    },
  },
});

/**
 * One poll for all torrents that move, and none while nothing is tracked. What a poll misses the matcher looks up in the
 * whole list, by every hash a torrent has, before anybody is called removed.
 */
export const watcherMachine = stopChildrenOnCrash(machine);
