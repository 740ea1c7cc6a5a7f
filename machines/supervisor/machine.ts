import { createContext, torrentServiceInput } from './context.ts';
import { idOf } from './registry.ts';
import { starting, startingSetup } from './starting.ts';
import { emitEvent, emitRescan, emitServiceCrashed, emitSuppressed, emitTracked } from './emitted.ts';
import { qbittorrentFailures } from './qbittorrent-failures.ts';

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
        ...starting.on,
        ...qbittorrentFailures.on,
        'torrent.track': [
          {
            guard: { type: 'tracked', params: ({ event }) => ({ hash: event.hash }) },
            actions: { type: 'readd', params: ({ event }) => ({ hash: event.hash }) },
          },
          { actions: [emitTracked, { type: 'follow', params: ({ event }) => ({ hashes: [event.hash] }) }] },
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
        rescan: { actions: [emitRescan, { type: 'pollNow', params: { hash: null } }, 'rescan'] },
        'session.ready': {
          actions: [emitEvent, { type: 'broadcast', params: { type: 'session.ready' } }],
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
        'notification.requested': [
          {
            guard: { type: 'repeated', params: ({ event }) => event },
            description: 'A hook came late, or by another hash: ntfy has that completion.',
            actions: { type: 'dropCompletion', params: ({ event }) => event },
          },
          {
            guard: { type: 'flooded', params: ({ event }) => event },
            description: 'Finish hooks named more unknown torrents than a person would want to hear of.',
            actions: [emitSuppressed, { type: 'dropCompletion', params: ({ event }) => event }],
          },
          {
            actions: [
              { type: 'countNameless', params: ({ event }) => event },
              { type: 'publish', params: ({ event }) => event },
            ],
          },
        ],
        'notification.settled': {
          actions: [emitEvent, { type: 'recordSettlement', params: ({ event }) => event }],
        },
        'outbox.*': { actions: emitEvent },
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
          actions: [emitEvent, { type: 'close', params: ({ event: { key, end } }) => ({ key, end }) }],
        },
        'torrent.crashed': {
          actions: [emitEvent, { type: 'reviveLater', params: ({ event: { key } }) => ({ key }) }],
        },
        'torrent.revive': {
          guard: { type: 'tracked', params: ({ event: { key } }) => ({ hash: key }) },
          actions: { type: 'follow', params: ({ event: { key } }) => ({ hashes: [key] }) },
        },
        'xstate.error.actor.*': [
          { guard: 'hopeless', target: 'failed', actions: emitServiceCrashed },
          {
            description: 'A service crashed: all of them begin again, and every torrent from its record.',
            target: 'running',
            reenter: true,
            actions: [emitServiceCrashed, 'countRestart'],
          },
        ],
      },
      always: starting.always,
    },
    failed: { type: 'final', description: 'Whoever runs the process starts it anew.' },
  },
});
