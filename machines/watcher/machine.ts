import { assign } from 'xstate';
import { createPollSet } from './poll-set.ts';
import { stopChildrenOnCrash } from '../stopping.ts';
import { DEFAULT_COMPLETION } from '../domain.ts';
import { NO_MATCH, watcherSetup } from './setup.ts';

const machine = watcherSetup.createMachine({
  id: 'watcher',
  description: 'One poll for all torrents that change; none while nothing is tracked.',
  context: ({ input }) => ({
    policy: input.policy,
    now: input.now,
    pollSet: createPollSet(),
    keys: new Map(),
    findTorrent: input.findTorrent,
    ready: false,
    asked: [],
    askedAt: 0,
    observations: [],
    delivered: 0,
    complete: 0,
    at: 0,
    missing: new Set(),
    isMatching: false,
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
    'poll.now': { actions: { type: 'pollNow', params: ({ event }) => event } },
    'session.ready': { actions: assign({ ready: true }) },
    'session.lost': {
      target: '.idle',
      actions: ['resetPolls', 'clearMissing', assign({ ready: false })],
    },
    'missing.matched': { actions: { type: 'recordMatch', params: ({ event }) => event } },
    'qbittorrent.failed': { actions: { type: 'forwardFailure', params: ({ event }) => event } },
  },
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing is tracked, or there is no session: no request, no timer.',
      entry: 'clearPoll',
      always: { guard: 'active', target: 'gathering' },
    },
    gathering: {
      description: 'New torrents often come in bursts: one poll for all of them.',
      always: [
        { guard: 'inactive', target: 'idle' },
        { guard: 'urgent', target: 'polling' },
      ],
      after: { gather: 'polling' },
    },
    polling: {
      description: 'Requests the torrents that change or are new; every 30 s all of them.',
      entry: 'choosePoll',
      invoke: {
        id: 'observe',
        src: 'observe',
        input: ({ context }) => ({ hashes: context.asked }),
        onDone: {
          target: 'evaluating',
          actions: { type: 'recordAnswer', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { observeOverdue: { actions: { type: 'crash', params: { request: 'observe' } } } },
    },
    evaluating: {
      always: [
        { guard: 'failed', target: 'waiting', actions: 'reportFailure' },
        { target: 'evaluatingCompletions', actions: 'requestMatch' },
      ],
    },
    evaluatingCompletions: {
      always: [{ guard: 'needsSettings', target: 'readingSettings' }, { target: 'preparing' }],
    },
    readingSettings: {
      description: 'A torrent is finished: does qBittorrent recheck it?',
      invoke: {
        id: 'settings',
        src: 'settings',
        onDone: {
          target: 'preparing',
          actions: { type: 'recordSettings', params: ({ event }) => ({ result: event.output }) },
        },
      },
      after: { settingsOverdue: { actions: { type: 'crash', params: { request: 'settings' } } } },
    },
    // What concerns the whole answer, before its slices.
    preparing: { entry: ['repollFinished', 'reportRecovered'], always: 'reporting' },
    reporting: {
      description: 'Delivers the observations in slices; hooks are answered in between.',
      entry: ['deliver', 'reportRenamed', 'nextSlice'],
      always: [{ guard: 'hasMoreEvents', target: 'slicing' }, { target: 'waiting' }],
    },
    slicing: { after: { slicePause: 'reporting' } },
    waiting: {
      description: 'Waits for the next poll.',
      entry: 'clearPoll',
      always: [
        { guard: 'inactive', target: 'idle' },
        { guard: 'fresh', target: 'gathering' },
      ],
      on: {
        'poll.now': {
          target: 'polling',
          actions: { type: 'pollNow', params: ({ event }) => event },
        },
        'missing.matched': {
          target: 'evaluatingCompletions',
          actions: { type: 'recordMatch', params: ({ event }) => event },
        },
      },
      after: { pause: 'polling' },
    },
  },
});

/**
 * One poll for all torrents that change, and none while nothing is tracked. The matcher searches the whole list for
 * torrents that a poll did not return, by every hash a torrent has, before one counts as removed.
 */
export const watcherMachine = stopChildrenOnCrash(machine);
