import type { Observation } from '../../machines/domain.ts';
import type { SendKind } from '../../machines/routing/types.ts';
import type { Published } from '../ntfy/message.ts';

/** A notification of each kind about a torrent: the alert is that of a stalled download. */
const NOTIFICATIONS: { [Kind in SendKind]: (torrent: Observation, at: number) => Published } = {
  added: (torrent, at) => ({ kind: 'added', key: torrent.hash, torrent, at }),
  progress: (torrent, at) => ({
    kind: 'progress',
    key: torrent.hash,
    torrent,
    at,
    card: { percent: percentOf(torrent), phase: torrent.phase },
    shown: null,
  }),
  completion: (torrent, at) => ({
    kind: 'completion',
    key: torrent.hash,
    torrent: {
      ...torrent,
      phase: 'complete',
      progress: 1,
      // What it has not downloaded yet, it will have downloaded.
      downloaded: torrent.phase === 'complete' ? torrent.downloaded : torrent.size,
    },
    at,
  }),
  alerts: (torrent) => ({
    kind: 'alert',
    key: torrent.hash,
    name: torrent.name,
    percent: percentOf(torrent),
    alert: 'stalled',
  }),
  removed: (torrent, at) => ({
    kind: 'removed',
    key: torrent.hash,
    name: torrent.name,
    percent: percentOf(torrent),
    at,
  }),
};

const percentOf = ({ progress }: Observation): number => Math.floor(progress * 100);

/** A notification of a kind about a torrent. */
export const notificationOf = (kind: SendKind, torrent: Observation, at: number): Published =>
  NOTIFICATIONS[kind](torrent, at);
