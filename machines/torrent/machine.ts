import { and, not } from 'xstate';
import { notifying } from './notifying.ts';
import { answering } from './answering.ts';
import { answer, expire, observing, recordFinish, settle, unchanged } from './transitions.ts';
import type { Phase } from '../domain.ts';
import { createContext } from './context.ts';
import { recordReadded, recordRenamed } from './record-changes.ts';

/** The transition from `deciding` to the state named after the phase. */
const inPhase = <P extends Phase>(phase: P) =>
  ({ guard: { type: 'inPhase', params: { phase } }, target: phase }) as const;

/**
 * One torrent, from its hook to its last notification. It holds no timer (XState searches the timers of all actors when
 * one stops) and no session: the watcher's polls drive it, and the outbox reports what happened to each notification.
 */
export const torrentMachine = answering.createMachine({
  id: 'torrent',
  description: 'One torrent, from its hook to its last notification.',
  context: ({ input }) => createContext(input),
  on: {
    'notification.settled': { actions: settle },
    'notification.diverted': {
      actions: { type: 'divertAlert', params: ({ event }) => event },
    },
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
      entry: 'deleteOldCards',
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
      on: {
        'session.ready': 'polling',
        'command.settled': { target: 'polling.deciding', actions: answer },
        'answer.expired': { target: 'polling.deciding', actions: expire },
      },
    },
    polling: {
      description: 'Updated by each poll of the watcher. The state is the phase in qBittorrent.',
      initial: 'deciding',
      on: {
        'torrent.observed': [unchanged, { target: '.deciding', actions: observing }],
        'torrent.missed': { target: '.deciding', actions: 'countMissing' },
        'command.settled': { target: '.deciding', actions: answer },
        'answer.expired': { target: '.deciding', actions: expire },
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
    notifying,
    finished: {
      id: 'finished',
      description: 'Complete. Nothing is sent if its rule excludes that, or no byte was downloaded for it.',
      always: [
        { guard: 'injected', target: 'clearing.complete' },
        { guard: and(['excluded', 'hasCard']), target: 'notifying.cardDeletion', actions: 'recordExcluded' },
        { guard: 'excluded', target: 'clearing.complete', actions: 'recordExcluded' },
        { target: 'notifying.completion' },
      ],
    },
    gone: {
      id: 'gone',
      description: 'Missing in two polls. If it had finished, a share limit removed it.',
      entry: 'leaveSummary',
      always: [
        {
          guard: and(['finished', 'excluded', 'hasCard']),
          target: 'notifying.cardDeletion',
          actions: 'recordExcluded',
        },
        { guard: and(['finished', 'excluded']), target: 'clearing.complete', actions: 'recordExcluded' },
        { guard: 'finished', target: 'notifying.completion' },
        { guard: 'announced', target: 'notifying.removalNotice' },
        { guard: 'hasCard', target: 'notifying.removal' },
        { target: 'clearing.removed' },
      ],
    },
    clearing: {
      id: 'clearing',
      description: 'Waits until its cards are deleted from the topics on which they were before.',
      initial: 'complete',
      states: {
        complete: { always: { guard: not('hasOldCards'), target: '#torrent.complete' } },
        removed: { always: { guard: not('hasOldCards'), target: '#torrent.removed' } },
      },
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
