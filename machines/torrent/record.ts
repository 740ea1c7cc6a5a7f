import type { Hash, Notification, Outcome, TorrentRecord } from '../domain.ts';

/** The record of a new torrent. `since` is in milliseconds since 1970. */
export function createRecord(hash: Hash, since: number, quiet = false): TorrentRecord {
  return {
    key: hash,
    hash,
    shown: null,
    highest: 0,
    card: false,
    since,
    stage: 'tracked',
    alert: null,
    sounded: {},
    readdedAs: null,
    finished: null,
    finishHookAt: null,
    quiet,
  };
}

/** Whether a torrent is polled: its completion has not been requested, and qBittorrent still lists it. */
export const isTracked = ({ stage }: TorrentRecord): boolean => stage === 'tracked';

/**
 * The record before a notification is sent; the same object where nothing has to be stored first. A completion stays
 * stored until ntfy has accepted it.
 */
export function recordRequest(record: TorrentRecord, notification: Notification): TorrentRecord {
  switch (notification.kind) {
    case 'completion':
      return { ...record, stage: 'completing', finished: notification.torrent };
    case 'progress': {
      const highest = Math.max(record.highest, notification.card.percent);
      const isStored = record.card && highest === record.highest;
      return isStored ? record : { ...record, card: true, highest, quiet: false };
    }
    case 'alert':
      // Stored before it is sent: if the reply is lost, its card is deleted all the same.
      return { ...record, alert: notification.alert, quiet: false };
    case 'card-delete': {
      const stage = isTracked(record) || record.stage === 'removed' ? 'removed' : 'completed';
      return record.stage === stage ? record : { ...record, stage };
    }
    case 'alert-clear':
    case 'incident':
    case 'incident-resolved':
    case 'quiet-digest':
      return record;
  }
}

/** How a notification of a torrent ended. `dropped`: the supervisor did not send the completion. */
export type TorrentOutcome = Outcome | 'dropped';

/**
 * The record after a notification was settled; the same object where nothing has to be stored.
 *
 * @param now milliseconds since 1970
 */
export function recordSettlement(
  record: TorrentRecord,
  notification: Notification,
  outcome: TorrentOutcome,
  now: number,
): TorrentRecord {
  if (outcome === 'superseded') return record;
  // What was not sent is no recent completion.
  if (outcome === 'dropped') return { ...record, stage: 'completed', finished: null };
  // A completion is never refused: ntfy has accepted it.
  if (notification.kind === 'completion') return { ...record, stage: 'completed' };
  if (outcome === 'refused') return record;
  switch (notification.kind) {
    case 'progress':
      return { ...record, shown: notification.card };
    case 'alert-clear':
      return { ...record, alert: null };
    case 'card-delete':
      return { ...record, shown: null, highest: 0, card: false, alert: null };
    case 'alert':
      if (notification.silent === true) return record;
      return { ...record, sounded: { ...record.sounded, [notification.alert]: now } };
    case 'incident':
    case 'incident-resolved':
    case 'quiet-digest':
      return record;
  }
}

/**
 * The record after a finish hook; the same object where the completion has been requested already.
 *
 * @param at milliseconds since 1970
 */
export function recordFinishHook(record: TorrentRecord, at: number): TorrentRecord {
  const isCompleting = record.stage === 'completing' || record.stage === 'completed';
  return isCompleting ? record : { ...record, finishHookAt: at };
}

/**
 * The record of a tracked torrent that was tracked once more, or that a scan shows. While it ends, it was added again,
 * and is tracked again afterwards; otherwise it is listed under this hash.
 */
export function recordReadded(record: TorrentRecord, hash: Hash): TorrentRecord {
  if (!isTracked(record)) return { ...record, readdedAs: hash };
  return recordRenamed(record, hash);
}

/** The record of a torrent that is listed under another ID. */
export const recordRenamed = (record: TorrentRecord, hash: Hash): TorrentRecord =>
  record.hash === hash ? record : { ...record, hash };

/** The notification that deletes the cards of a torrent. */
export function cardDeleteOf({ key, card, alert }: TorrentRecord): Notification {
  return { kind: 'card-delete', key, shown: card, alerted: alert !== null };
}
