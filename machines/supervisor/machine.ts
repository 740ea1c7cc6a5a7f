import { createContext, torrentServiceInput } from './context.ts';
import { idOf } from './registry.ts';
import { arrivals, startingSetup } from './starting.ts';
import { pausing, scanning, watching } from './scanning.ts';
import { lostBy } from './setup.ts';

/**
 * The root. It owns the index from hashes to torrents, restarts what crashes from the stored records (a torrent by
 * itself, all of them when a service crashed), and remembers recent completions. Its children send to each other
 * directly: torrents to the watcher and the outbox, and these to the torrents.
 */
export const supervisorMachine = startingSetup.createMachine({
  id: 'supervisor',
  description: 'Keeps a record of each torrent, and begins again from there what fails.',
  context: createContext,
  initial: 'running',
  states: {
    running: {
      entry: 'begin',
      exit: 'end',
      invoke: [
        { id: 'store', src: 'store' },
        { id: 'session', src: 'session', input: ({ context: { policy, now } }) => ({ policy, now }) },
        { id: 'watcher', systemId: 'watcher', src: 'watcher', input: torrentServiceInput },
        {
          id: 'incident',
          systemId: 'incident',
          src: 'incident',
          input: ({ context: { policy, troubled } }) => ({
            policy,
            concern: 'qbittorrent',
            raised: troubled,
          }),
        },
        { id: 'discovery', src: 'discovery', input: ({ context: { policy } }) => ({ policy }) },
        {
          id: 'hookInstaller',
          src: 'hookInstaller',
          input: ({ context: { policy, now } }) => ({ policy, now }),
        },
        { id: 'outbox', systemId: 'outbox', src: 'outbox', input: torrentServiceInput },
      ],
      on: {
        ...arrivals.on,
        'torrent.track': [
          {
            guard: { type: 'tracked', params: ({ event }) => ({ hash: event.hash }) },
            actions: { type: 'readd', params: ({ event }) => ({ hash: event.hash }) },
          },
          { actions: ['note', { type: 'follow', params: ({ event }) => ({ hashes: [event.hash] }) }] },
        ],
        'torrent.markFinished': {
          description: 'Also of a torrent whose other hook was lost.',
          actions: [
            { type: 'noteFinishHook', params: ({ event }) => ({ hash: event.hash }) },
            { type: 'follow', params: ({ event }) => ({ hashes: [event.hash] }) },
            {
              type: 'pollNow',
              params: ({ context, event }) => ({ hash: idOf(context.registry, event.hash) }),
            },
          ],
        },
        rescan: { actions: ['note', { type: 'pollNow', params: { hash: null } }] },
        'session.ready': {
          target: '.scanning',
          actions: ['note', { type: 'broadcast', params: { type: 'session.ready' } }],
        },
        'session.failed': {
          actions: ['note', { type: 'reportFailed', params: ({ event: { failure } }) => ({ failure }) }],
        },
        'torrents.renamed': {
          actions: {
            type: 'rename',
            params: ({ event: { renamed, at, askedAt, completion } }) => ({
              renamed,
              poll: { at, askedAt, completion },
            }),
          },
        },
        'qbittorrent.failed': [
          {
            guard: {
              type: 'unauthorized',
              params: ({ event: { failure } }) => ({ result: { ok: false, failure } }),
            },
            target: '.waiting',
            actions: ['note', { type: 'broadcast', params: ({ event }) => lostBy(event.failure) }],
          },
          { actions: ['note', { type: 'reportFailed', params: ({ event: { failure } }) => ({ failure }) }] },
        ],
        'notification.requested': [
          {
            guard: { type: 'repeated', params: ({ event }) => event },
            description: 'A hook came late, or by another hash: ntfy has that completion.',
            actions: { type: 'dropCompletion', params: ({ event }) => event },
          },
          {
            guard: { type: 'flooded', params: ({ event }) => event },
            description: 'Finish hooks named more unknown torrents than a person would want to hear of.',
            actions: ['note', { type: 'dropCompletion', params: ({ event }) => event }],
          },
          {
            actions: [
              { type: 'countNameless', params: ({ event }) => event },
              { type: 'publish', params: ({ event }) => event },
            ],
          },
        ],
        'notification.settled': {
          actions: ['note', { type: 'recordSettlement', params: ({ event }) => event }],
        },
        'outbox.*': { actions: 'note' },
        'incident.changed': {
          actions: [
            { type: 'noteIncident', params: ({ event: { raised } }) => ({ raised }) },
            { type: 'publishIncident', params: ({ event }) => event },
          ],
        },
        'store.*': {
          actions: { type: 'tellStore', params: ({ event }) => event },
        },
        'torrent.finished': {
          actions: ['note', { type: 'close', params: ({ event: { key, end } }) => ({ key, end }) }],
        },
        'torrent.crashed': {
          actions: ['note', { type: 'reviveLater', params: ({ event: { key } }) => ({ key }) }],
        },
        'torrent.revive': {
          guard: { type: 'tracked', params: ({ event: { key } }) => ({ hash: key }) },
          actions: { type: 'follow', params: ({ event: { key } }) => ({ hashes: [key] }) },
        },
        'xstate.error.actor.*': [
          { guard: 'hopeless', target: 'failed', actions: 'note' },
          {
            description: 'A service crashed: all of them begin again, and every torrent from its record.',
            target: 'running',
            reenter: true,
            actions: ['note', 'countRestart'],
          },
        ],
      },
      initial: 'waiting',
      states: {
        waiting: { description: 'For the session.' },
        scanning,
        pausing,
        watching,
      },
    },
    failed: { type: 'final', description: 'Whoever runs the process starts it anew.' },
  },
});
