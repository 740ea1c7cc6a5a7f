import { and, not } from 'xstate';
import { torrentSetup } from './setup.ts';
import type { ObservedTorrent, TorrentEvent } from './types.ts';
import type { Phase } from '../domain.ts';
import { createContext } from './context.ts';
import { recordReadded, recordRenamed } from './record.ts';

type Settled = Extract<TorrentEvent, { type: 'notification.settled' }>;

/** The way from `deciding` to the state that bears the phase's name. */
const inPhase = <P extends Phase>(phase: P) =>
  ({ guard: { type: 'inPhase', params: { phase } }, target: phase }) as const;

const observing = ['refuteFinish', 'observe', 'updateAlert'] as const;

/** What became of a notification is stored, whichever it is. */
const settle = {
  type: 'recordSettlement',
  params: ({ event }: { event: Settled }) => event,
} as const;

const noteFinish = {
  type: 'noteFinish',
  params: ({ event }: { event: { at: number } }) => event,
} as const;

/** Most looks show nothing new: with thousands of torrents they are what costs. */
const unchanged = {
  guard: { type: 'unchanged', params: ({ event }: { event: ObservedTorrent }) => event },
  actions: { type: 'updateInPlace', params: ({ event }: { event: ObservedTorrent }) => event },
} as const;

/**
 * One torrent, from its hook to its last word. It holds no timer (each stop would scan the timers of all torrents) and
 * no session: the watcher's poll drives it, and the outbox says what became of its news.
 */
export const torrentMachine = torrentSetup.createMachine({
  id: 'torrent',
  description: 'One torrent, from its hook to its last word.',
  context: ({ input }) => createContext(input),
  on: {
    'notification.settled': { actions: settle },
    'finishHook.received': { actions: noteFinish },
    'torrent.renamed': {
      actions: {
        type: 'changeId',
        params: ({ context: { record }, event }) => ({ record: recordRenamed(record, event.hash) }),
      },
    },
    'torrent.readded': {
      actions: {
        type: 'changeId',
        params: ({ context: { record }, event }) => ({ record: recordReadded(record, event.hash) }),
      },
    },
  },
  initial: 'starting',
  states: {
    starting: {
      description: 'Where its record left off.',
      always: [
        { guard: { type: 'isAt', params: { stage: 'completing' } }, target: 'notifying.completion' },
        { guard: { type: 'isAt', params: { stage: 'dismissing' } }, target: 'notifying.dismissal' },
        { guard: { type: 'isAt', params: { stage: 'withdrawing' } }, target: 'gone' },
        { guard: 'ready', target: 'polling.unknown', actions: 'watch' },
        { target: 'login', actions: 'watch' },
      ],
    },
    login: {
      description: 'Waits for the one session that all torrents share.',
      on: { 'session.ready': 'polling' },
    },
    polling: {
      description: 'Seen anew with each poll of the watcher; the states below say what it is doing.',
      initial: 'deciding',
      on: {
        'torrent.observed': [unchanged, { target: '.deciding', actions: observing }],
        'torrent.missed': { target: '.deciding', actions: 'countMissing' },
        'session.lost': 'login',
      },
      states: {
        deciding: {
          description: 'What was seen, or not, decides.',
          always: [
            { guard: 'gone', target: '#gone' },
            { guard: 'complete', target: '#finished' },
            { guard: 'hasNews', target: '#notifying.progress' },
            inPhase('metadata'),
            inPhase('queued'),
            inPhase('downloading'),
            inPhase('stalled'),
            inPhase('stopped'),
            inPhase('unselected'),
            inPhase('checking'),
            inPhase('moving'),
            inPhase('failed'),
            { guard: { type: 'inPhase', params: { phase: 'complete' } }, target: 'held' },
            { target: 'unknown' },
          ],
        },
        unknown: { description: 'Not seen yet, or a state that says nothing: decide nothing.' },
        metadata: {},
        queued: {},
        downloading: {},
        stalled: {},
        stopped: {},
        unselected: { description: 'No file of it is wanted.' },
        checking: {},
        moving: {},
        failed: {},
        held: {
          description: 'Finished, but not for sure: qBittorrent may check it again, or has not counted yet.',
        },
      },
    },
    notifying: {
      id: 'notifying',
      description: 'The outbox has its news; what is seen meanwhile replaces what it tells next.',
      initial: 'progress',
      states: {
        progress: {
          description: 'Its card is told anew.',
          initial: 'offering',
          on: {
            'torrent.observed': [unchanged, { target: '.deciding', actions: observing }],
            'torrent.missed': { target: '.deciding', actions: 'countMissing' },
            'notification.settled': { guard: 'latest', target: '#torrent.polling', actions: settle },
            'session.lost': '#torrent.login',
          },
          states: {
            offering: {
              entry: { type: 'offer', params: { kind: 'progress' } },
              always: 'waiting',
            },
            waiting: { description: 'For what becomes of it.' },
            deciding: {
              always: [
                { guard: 'gone', target: '#gone' },
                { guard: 'complete', target: '#finished' },
                { guard: 'hasNews', target: 'offering' },
                { target: 'waiting' },
              ],
            },
          },
        },
        completion: {
          description: 'The one message that matters: it stays here until ntfy has it.',
          entry: { type: 'offer', params: { kind: 'completion' } },
          on: {
            'notification.settled': [
              { guard: and(['latest', 'hasCard']), target: 'dismissal', actions: settle },
              { guard: 'latest', target: '#torrent.complete', actions: settle },
            ],
          },
        },
        dismissal: {
          description: 'It is told; its progress card leaves the phone.',
          entry: { type: 'offer', params: { kind: 'dismissal' } },
          on: {
            'notification.settled': { guard: 'latest', target: '#torrent.complete', actions: settle },
          },
        },
        withdrawal: {
          description: 'It is gone from qBittorrent; its card leaves the phone.',
          entry: { type: 'offer', params: { kind: 'dismissal' } },
          on: {
            'notification.settled': { guard: 'latest', target: '#torrent.removed', actions: settle },
            'finishHook.received': { guard: not('readded'), target: 'completion', actions: noteFinish },
          },
        },
      },
    },
    finished: {
      id: 'finished',
      description: 'Complete. If nothing was downloaded and nothing shows, there is nothing to announce.',
      always: [{ guard: 'injected', target: 'complete' }, { target: 'notifying.completion' }],
    },
    gone: {
      id: 'gone',
      description: 'Missing for the second time. Once finished, it was removed by a share limit.',
      always: [
        { guard: 'finished', target: 'notifying.completion' },
        { guard: 'hasCard', target: 'notifying.withdrawal' },
        { target: 'removed' },
      ],
    },
    complete: {
      description: 'Its last word is told: it is stopped now.',
      entry: { type: 'close', params: { end: 'complete' } },
    },
    removed: {
      description: 'Nothing of it is left to tell: it is stopped now.',
      entry: { type: 'close', params: { end: 'removed' } },
    },
  },
});
