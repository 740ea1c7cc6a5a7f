/** Which events are failed attempts to reach a server, for the log of outages. */
import type { Failure, QbittorrentFailed, QbittorrentRequest } from '../../machines/domain.ts';
import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { FailedAttempt, Server } from '../log/outages.ts';

const FAILURE_MESSAGES: Readonly<Record<QbittorrentRequest, string>> = {
  login: 'login to qBittorrent failed',
  scan: 'scan failed',
  poll: 'request to qBittorrent failed',
  newest: 'request to qBittorrent failed',
  list: 'request to qBittorrent failed',
  hook: 'request to qBittorrent failed',
  command: 'request to qBittorrent failed',
};

/** A refused login is no lost session. */
export const isSessionLost = ({ failure, during }: QbittorrentFailed): boolean =>
  failure.kind === 'unauthorized' && during !== 'login';

/** The failed attempt that an event reports; `null` for other events. */
export function failedAttemptOf(event: SupervisorEmitted): [Server, FailedAttempt] | null {
  if (event.type === 'qbittorrent.failed' && !isSessionLost(event))
    return ['qbittorrent', describe(FAILURE_MESSAGES[event.during], event.failure)];
  if (event.type === 'commandTopic.failed')
    return ['commandTopic', describe('the command topic cannot be read, retrying', event.failure)];
  if (event.type === 'outbox.failed')
    return ['ntfy', describe('request to ntfy failed, retrying', event.failure)];
  return null;
}

/** A failed attempt, as it is logged. */
export const describe = (message: string, { kind, message: detail }: Failure): FailedAttempt => ({
  message,
  reason: kind,
  detail,
});
