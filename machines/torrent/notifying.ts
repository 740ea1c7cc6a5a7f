import { and } from 'xstate';
import { answering } from './answering.ts';
import { answer, expire, observing, recordFinish, settle, unchanged } from './transitions.ts';

/** ntfy has refused its topic for minutes: it goes to the default topic. */
const divert = { guard: 'latest', actions: 'recordDiverted' } as const;

/** The finish hook of a torrent that a share limit removed was late: it is complete after all. */
const completeLate = [
  { guard: 'readded', actions: recordFinish },
  { guard: 'excluded', target: '#notifying.cardDeletion', actions: [recordFinish, 'recordExcluded'] },
  { target: '#notifying.completion', actions: recordFinish },
] as const;

/** The part of a torrent's chart in which it waits for the outbox. */
export const notifying = answering.createStateConfig({
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
        'command.settled': { target: '.deciding', actions: answer },
        'answer.expired': { target: '.deciding', actions: expire },
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
            { guard: 'withdrawn', target: '#torrent.polling' },
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
          { guard: 'latest', target: '#clearing.complete', actions: settle },
        ],
        'notification.diverted': { ...divert, target: 'completion', reenter: true },
      },
    },
    cardDeletion: {
      description: 'The completion is delivered; the progress card is deleted.',
      entry: { type: 'requestNotification', params: { kind: 'card-delete' } },
      on: {
        'notification.settled': { guard: 'latest', target: '#clearing.complete', actions: settle },
      },
    },
    removalNotice: {
      description: 'Removed from qBittorrent, and its rule wants a notification of that.',
      entry: { type: 'requestNotification', params: { kind: 'removed' } },
      on: {
        'notification.settled': [
          { guard: and(['latest', 'hasCard']), target: 'removal', actions: settle },
          { guard: 'latest', target: '#clearing.removed', actions: settle },
        ],
        'notification.diverted': { ...divert, target: 'removalNotice', reenter: true },
        'finishHook.received': completeLate,
      },
    },
    removal: {
      description: 'Removed from qBittorrent; its cards are deleted.',
      entry: { type: 'requestNotification', params: { kind: 'card-delete' } },
      on: {
        'notification.settled': { guard: 'latest', target: '#clearing.removed', actions: settle },
        'finishHook.received': completeLate,
      },
    },
  },
});
