import { createContext, digestInput, outboxInput, torrentServiceInput } from './context.ts';
import { idOf } from './registry.ts';
import { starting, startingSetup } from './starting.ts';
import { emitEvent, emitRescan, emitServiceCrashed, emitSuppressed } from './emitted.ts';
import { incidentCard } from './incident-card.ts';
import { noticing } from './noticing.ts';
import { qbittorrentFailures } from './qbittorrent-failures.ts';

/**
 * The root. It owns the index from hashes to torrents, restarts what crashes from the stored records (a torrent by
 * itself, all of them when a service crashed), and remembers recent completions. Its children send to each other
 * directly: torrents to the watcher and the outbox, and these to the torrents.
 */
export const supervisorMachine = startingSetup.createMachine({
  id: 'supervisor',
  description: 'Starts all actors, and restarts them from the stored records after a crash.',
  context: createContext,
  initial: 'running',
  states: {
    running: {
      entry: ['begin', 'resumeNotices'],
      exit: 'end',
      invoke: [
        { id: 'store', systemId: 'store', src: 'store' },
        { id: 'session', src: 'session', input: ({ context: { policy, now } }) => ({ policy, now }) },
        { id: 'watcher', systemId: 'watcher', src: 'watcher', input: torrentServiceInput },
        {
          id: 'incident',
          systemId: 'incident',
          src: 'incident',
          input: ({ context: { policy, incidentShown } }) => ({
            policy,
            source: 'qbittorrent',
            raised: incidentShown,
          }),
        },
        { id: 'discovery', src: 'discovery', input: ({ context: { policy } }) => ({ policy }) },
        {
          id: 'hookInstaller',
          src: 'hookInstaller',
          input: ({ context: { policy, now } }) => ({ policy, now }),
        },
        { id: 'outbox', systemId: 'outbox', src: 'outbox', input: outboxInput },
        { id: 'digest', systemId: 'digest', src: 'digest', input: digestInput },
        {
          id: 'summary',
          systemId: 'summary',
          src: 'summary',
          input: ({ context: { deps } }) => ({ board: deps.summary, nextId: deps.nextId }),
        },
      ],
      on: {
        ...starting.on,
        ...qbittorrentFailures.on,
        ...noticing.on,
        ...incidentCard.on,
        'torrents.markFinished': {
          description: 'Tracks a torrent if its first hook was lost.',
          actions: [
            { type: 'recordFinishHooks', params: ({ event }) => event },
            { type: 'track', params: ({ event }) => event },
            {
              type: 'pollNow',
              params: ({ context, event }) => ({
                hashes: event.hashes.map((hash) => idOf(context.registry, hash)),
              }),
            },
          ],
        },
        rescan: { actions: [emitRescan, { type: 'pollNow', params: { hashes: null } }, 'rescan'] },
        'session.ready': {
          actions: [emitEvent, 'recordLogin', { type: 'broadcast', params: { type: 'session.ready' } }],
        },
        'torrents.renamed': {
          actions: {
            type: 'rename',
            params: ({ event: { type: _, renamed, ...poll } }) => ({ renamed, poll }),
          },
        },
        'notification.requested': [
          {
            guard: { type: 'repeated', params: ({ event }) => event },
            description: 'A late hook, or one with another hash: this completion was sent.',
            actions: { type: 'dropCompletion', params: ({ event }) => event },
          },
          {
            guard: { type: 'flooded', params: ({ event }) => event },
            description: 'Too many finish hooks for unknown torrents within a minute.',
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
        'notification.diverted': {
          actions: { type: 'divertAlert', params: ({ event }) => event },
        },
        'outbox.*': { actions: emitEvent },
        'process.stopping': { actions: 'sendDigestsNow' },
        'summary.*': { actions: emitEvent },
        'command.*': { actions: emitEvent },
        'commandTopic.*': { actions: emitEvent },
        'store.*': {
          actions: { type: 'publishStoreNotice', params: ({ event }) => event },
        },
        'torrent.finished': {
          actions: [emitEvent, { type: 'endTorrent', params: ({ event }) => event }],
        },
        'torrent.crashed': {
          actions: [emitEvent, { type: 'restartLater', params: ({ event: { key } }) => ({ key }) }],
        },
        'torrent.restart': {
          guard: { type: 'tracked', params: ({ event: { key } }) => ({ hash: key }) },
          actions: { type: 'track', params: ({ event: { key } }) => ({ hashes: [key] }) },
        },
        'xstate.error.actor.*': [
          { guard: 'tooManyRestarts', target: 'failed', actions: emitServiceCrashed },
          {
            description: 'A service crashed: all services and torrents are restarted from the records.',
            target: 'running',
            reenter: true,
            actions: [emitServiceCrashed, 'countRestart'],
          },
        ],
      },
      always: starting.always,
    },
    failed: {
      type: 'final',
      description: 'The process ends; its supervisor (systemd, Docker, the kubelet) restarts it.',
    },
  },
});
