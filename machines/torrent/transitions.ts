/** Parts of transitions that several states of a torrent share. */
import type { ObservedTorrent, TorrentEvent } from './types.ts';

type Settled = Extract<TorrentEvent, { type: 'notification.settled' }>;

/** What follows an observation that changes something. */
export const observing = [
  'clearFinish',
  'observe',
  'recordRound',
  'reroute',
  'updateSummary',
  'updateAlert',
  'announceAddition',
  'recordReceipt',
] as const;

/** What became of a notification is stored, whichever it is. */
export const settle = {
  type: 'recordSettlement',
  params: ({ event }: { event: Settled }) => event,
} as const;

/** The finish hook of qBittorrent arrived. */
export const recordFinish = {
  type: 'recordFinish',
  params: ({ event }: { event: { at: number } }) => event,
} as const;

/** The answer to a press. That of an alert is sent first: messages of one torrent are a second apart. */
export const answer = [
  {
    type: 'recordAnswer',
    params: ({ event }: { event: Extract<TorrentEvent, { type: 'command.settled' }> }) => event,
  },
  'updateAlert',
  'updateSummary',
] as const;

/** The answer is not shown any more. */
export const expire = [
  {
    type: 'expireAnswer',
    params: ({ event }: { event: Extract<TorrentEvent, { type: 'answer.expired' }> }) => event,
  },
  'updateAlert',
  'updateSummary',
] as const;

/** Most polls show nothing new: with thousands of torrents they cause most of the work. */
export const unchanged = {
  guard: { type: 'unchanged', params: ({ event }: { event: ObservedTorrent }) => event },
  actions: { type: 'updateInPlace', params: ({ event }: { event: ObservedTorrent }) => event },
} as const;
