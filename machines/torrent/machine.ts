import { and, not } from 'xstate';
import { torrentSetup } from './setup.ts';
import type { ObservedTorrent, TorrentEvent } from './types.ts';
import type { Phase } from '../domain.ts';
import { createContext } from './context.ts';
import { recordReadded, recordRenamed } from './record.ts';

type Settled = Extract<TorrentEvent, { type: 'notification.settled' }>;

/** The transition from `deciding` to the state named after the phase. */
const inPhase = <P extends Phase>(phase: P) =>
  ({ guard: { type: 'inPhase', params: { phase } }, target: phase }) as const;

const observing = ['clearFinish', 'observe', 'updateAlert'] as const;

/** What became of a notification is stored, whichever it is. */
const settle = {
  type: 'recordSettlement',
  params: ({ event }: { event: Settled }) => event,
} as const;

const recordFinish = {
  type: 'recordFinish',
  params: ({ event }: { event: { at: number } }) => event,
} as const;

/** Most polls show nothing new: with thousands of torrents they cause most of the work. */
const unchanged = {
  guard: { type: 'unchanged', params: ({ event }: { event: ObservedTorrent }) => event },
  actions: { type: 'updateInPlace', params: ({ event }: { event: ObservedTorrent }) => event },
} as const;

/**
 * One torrent, from its hook to its last notification. It holds no timer (XState searches the timers of all actors when
 * one stops) and no session: the watcher's polls drive it, and the outbox reports what happened to each notification.
 */
export const torrentMachine = torrentSetup.createMachine({
  id: 'torrent',
  description: 'One torrent, from its hook to its last notification.',
  context: ({ input }) => createContext(input),
  on: {
    'notification.settled': { actions: settle },
    'finishHook.received': { actions: recordFinish },
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
      description: 'Resumes from the stored record.',
      always: [
        { guard: { type: 'isAt', params: { stage: 'completing' } }, target: 'notifying.completion' },
        { guard: { type: 'isAt', params: { stage: 'completed' } }, target: 'notifying.cardDeletion' },
        { guard: { type: 'isAt', params: { stage: 'removed' } }, target: 'gone' },
        { guard: 'ready', target: 'polling.unknown', actions: 'watch' },
        { target: 'login', actions: 'watch' },
      ],
    },
    login: {
      description: 'Waits for the session that all torrents share.',
      on: { 'session.ready': 'polling' },
    },
    polling: {
      description: 'Updated by each poll of the watcher. The state is the phase in qBittorrent.',
      initial: 'deciding',
      on: {
        'torrent.observed': [unchanged, { target: '.deciding', actions: observing }],
        'torrent.missed': { target: '.deciding', actions: 'countMissing' },
        'session.lost': 'login',
      },
      states: {
        deciding: {
          description: 'Chooses the next state by what the poll has shown.',
          always: [
            { guard: 'gone', target: '#gone' },
            { guard: 'complete', target: '#finished' },
            { guard: 'cardChanged', target: '#notifying.progress' },
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
        unknown: { description: 'No poll yet, or a state of qBittorrent that decides nothing.' },
        metadata: {},
        queued: {},
        downloading: {},
        stalled: {},
        stopped: {},
        unselected: { description: 'No file is selected.' },
        checking: {},
        moving: {},
        failed: {},
        held: {
          description:
            'Finished, but not final: qBittorrent may recheck it, or its figures are not updated yet.',
        },
      },
    },
    notifying: {
      id: 'notifying',
      description: 'Waits until the outbox has settled the notification.',
      initial: 'progress',
      states: {
        progress: {
          description: 'The progress card is updated. A newer state replaces a waiting one.',
          initial: 'requesting',
          on: {
            'torrent.observed': [unchanged, { target: '.deciding', actions: observing }],
            'torrent.missed': { target: '.deciding', actions: 'countMissing' },
            'notification.settled': { guard: 'latest', target: '#torrent.polling', actions: settle },
            'session.lost': '#torrent.login',
          },
          states: {
            requesting: {
              entry: { type: 'requestNotification', params: { kind: 'progress' } },
              always: 'waiting',
            },
            waiting: { description: 'The outbox has the notification.' },
            deciding: {
              always: [
                { guard: 'gone', target: '#gone' },
                { guard: 'complete', target: '#finished' },
                { guard: 'cardChanged', target: 'requesting' },
                { target: 'waiting' },
              ],
            },
          },
        },
        completion: {
          description: 'The completion is sent. The torrent stays here until ntfy accepts it.',
          entry: { type: 'requestNotification', params: { kind: 'completion' } },
          on: {
            'notification.settled': [
              { guard: and(['latest', 'hasCard']), target: 'cardDeletion', actions: settle },
              { guard: 'latest', target: '#torrent.complete', actions: settle },
            ],
          },
        },
        cardDeletion: {
          description: 'The completion is delivered; the progress card is deleted.',
          entry: { type: 'requestNotification', params: { kind: 'card-delete' } },
          on: {
            'notification.settled': { guard: 'latest', target: '#torrent.complete', actions: settle },
          },
        },
        removal: {
          description: 'Removed from qBittorrent; its cards are deleted.',
          entry: { type: 'requestNotification', params: { kind: 'card-delete' } },
          on: {
            'notification.settled': { guard: 'latest', target: '#torrent.removed', actions: settle },
            'finishHook.received': { guard: not('readded'), target: 'completion', actions: recordFinish },
          },
        },
      },
    },
    finished: {
      id: 'finished',
      description: 'Complete. If no byte was downloaded and no card is shown, nothing is sent.',
      always: [{ guard: 'injected', target: 'complete' }, { target: 'notifying.completion' }],
    },
    gone: {
      id: 'gone',
      description: 'Missing in two polls. If it had finished, a share limit removed it.',
      always: [
        { guard: 'finished', target: 'notifying.completion' },
        { guard: 'hasCard', target: 'notifying.removal' },
        { target: 'removed' },
      ],
    },
    complete: {
      description: 'Everything is sent: the actor is stopped.',
      entry: { type: 'reportFinished', params: { end: 'complete' } },
    },
    removed: {
      description: 'Nothing is left to send: the actor is stopped.',
      entry: { type: 'reportFinished', params: { end: 'removed' } },
    },
  },
});
