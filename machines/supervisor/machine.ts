import { addressSettlement, addressObservations } from './addressing.ts';
import { NO_CARD } from '../incident/store-notice.ts';
import { asOfNow, withoutFuture } from './clock-set-back.ts';
import { createRegistry, idOf } from './registry.ts';
import { starting, startingSetup } from './starting.ts';
import { emitEvent, emitRescan, emitServiceCrashed, emitSuppressed, emitTracked } from './emitted.ts';
import { dropped } from './messages.ts';
import { qbittorrentFailures } from './qbittorrent-failures.ts';

/**
 * The root. It keeps a record of each tracked torrent, and whatever fails begins again from there: a torrent by
 * itself, all of them when a service crashed. It owns the session, the watcher, the outbox, the incident and the
 * store, and carries what they say to the torrents and back.
 */
export const supervisorMachine = startingSetup.createMachine({
  id: 'supervisor',
  description: 'Keeps a record of each torrent, and begins again from there what fails.',
  context: ({ input: { policy, now, partitionOf, records, troubled, sounds } }) => ({
    policy,
    now,
    registry: createRegistry(records?.map((record) => asOfNow(record, now()))),
    partitionOf,
    shards: new Set(),
    pendingStarts: [],
    ready: false,
    troubled: troubled ?? false,
    raised: troubled ?? false,
    incidentSounds: new Map(Object.entries(withoutFuture(sounds ?? {}, now()))),
    storeCard: NO_CARD,
    leftOut: false,
    ended: new Map(),
    crashes: new Map(),
    nameless: [],
    restarts: undefined,
  }),
  initial: 'running',
  states: {
    running: {
      entry: 'begin',
      exit: 'end',
      invoke: [
        { id: 'store', src: 'store' },
        { id: 'session', src: 'session', input: ({ context: { policy, now } }) => ({ policy, now }) },
        { id: 'watcher', src: 'watcher', input: ({ context: { policy, now } }) => ({ policy, now }) },
        {
          id: 'incident',
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
        { id: 'outbox', src: 'outbox', input: ({ context: { policy, now } }) => ({ policy, now }) },
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
        'watcher.observed': {
          actions: [
            'reportRecovered',
            { type: 'rename', params: ({ event: { renamed } }) => ({ renamed }) },
            {
              type: 'deliver',
              params: ({ context: { registry }, event }) => ({
                letters: addressObservations(registry, event),
              }),
            },
          ],
        },
        'finishHook.refuted': {
          actions: { type: 'forgetFinishHook', params: ({ event: { key } }) => ({ key }) },
        },
        'notification.requested': [
          {
            guard: { type: 'repeated', params: ({ event }) => event },
            description: 'A hook came late, or by another hash: ntfy has that completion.',
            actions: dropped,
          },
          {
            guard: { type: 'flooded', params: ({ event }) => event },
            description: 'Finish hooks named more unknown torrents than a person would want to hear of.',
            actions: [emitSuppressed, ...dropped],
          },
          {
            actions: [
              { type: 'recordRequest', params: ({ event }) => event },
              { type: 'publish', params: ({ event }) => event },
            ],
          },
        ],
        'notification.settled': {
          actions: [
            emitEvent,
            { type: 'recordSettlement', params: ({ event }) => event },
            {
              type: 'deliver',
              params: ({ context: { registry }, event: { notification } }) => ({
                letters: addressSettlement(registry, notification),
              }),
            },
          ],
        },
        'outbox.*': { actions: emitEvent },
        'incident.changed': {
          actions: [
            { type: 'noteIncident', params: ({ event: { raised } }) => ({ raised }) },
            { type: 'publish', params: ({ event }) => event },
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
