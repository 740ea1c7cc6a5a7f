import { sendTo } from 'xstate';
import { isOutage } from '../incident/machine.ts';
import type { QbittorrentFailed } from '../domain.ts';
import { emitEvent } from './emitted.ts';
import { incidentCardSetup } from './incident-card.ts';

/** Adds: what follows a failure of qBittorrent, whichever request failed. */
export const qbittorrentFailuresSetup = incidentCardSetup.extend({
  guards: {
    /** A refused login is no lost session. */
    sessionLost: (_, { failure, during }: QbittorrentFailed) =>
      during !== 'login' && failure.kind === 'unauthorized',
    outage: (_, { during }: QbittorrentFailed) => isOutage(during),
  },
  actions: {
    /** The incident decides when failures become a card. */
    reportFailed: sendTo('incident', (_, failed: QbittorrentFailed) => failed),
  },
});

/** How the supervisor handles failures of qBittorrent. */
export const qbittorrentFailures = qbittorrentFailuresSetup.createStateConfig({
  on: {
    'qbittorrent.failed': [
      {
        guard: { type: 'sessionLost', params: ({ event }) => event },
        actions: [
          emitEvent,
          {
            type: 'broadcast',
            params: ({ event: { failure } }) => ({ type: 'session.lost', failure }) as const,
          },
        ],
      },
      {
        guard: { type: 'outage', params: ({ event }) => event },
        actions: [
          emitEvent,
          { type: 'recordLoginFailed', params: ({ event }) => event },
          { type: 'reportFailed', params: ({ event }) => event },
        ],
      },
      { actions: emitEvent },
    ],
  },
});
