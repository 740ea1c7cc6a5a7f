import type { Failure, Notification, Outcome } from '../machines/types.ts';
import type { SupervisorEvent } from '../machines/supervisor/types.ts';
import type { LogLevel } from './log/index.ts';

/** A line for the log. Names are data: they stand in `fields`, never in `message`. */
export interface Note {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** What the log says of something that reached the supervisor; `null` where it is not worth a line. */
export function noteOf(event: SupervisorEvent): Note | null {
  switch (event.type) {
    case 'track':
      return note('info', 'tracking a torrent', { hash: event.hash });
    case 'look':
      return note('info', 'looking for a new torrent: the hook gave "-", use %K instead of %I in it');
    case 'session.ready':
      return note('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'session.failed':
      return note('warn', 'no session with qBittorrent', failureFields(event.failure));
    case 'watcher.failed':
      return event.failure.kind === 'unauthorized'
        ? note('info', 'the session with qBittorrent is over, logging in again')
        : note('warn', 'could not ask qBittorrent', failureFields(event.failure));
    case 'outbox.told':
      return toldNote(event.notification, event.outcome, event.failure);
    case 'outbox.failed':
      return note('warn', 'could not reach the phone, trying again', failureFields(event.failure));
    case 'torrent.closed':
      return event.end === 'removed'
        ? note('info', 'the torrent is gone', { hash: event.key, name: event.name })
        : note('info', 'followed to the end', { hash: event.key, name: event.name });
    case 'torrent.crashed':
      return note('error', 'a torrent failed, starting it again', { hash: event.key, reason: event.reason });
    case 'finished':
    case 'discovery.found':
    case 'incident.telling':
    case 'store.degraded':
    case 'watcher.observed':
    case 'torrent.telling':
    case 'torrent.revive':
    case 'arrivals.next':
      return null;
    default:
      return note('error', 'a service failed, starting all of them again', {
        service: event.actorId,
        error: event.error,
      });
  }
}

function toldNote(notification: Notification, outcome: Outcome, failure: Failure | null): Note | null {
  const { kind, key } = notification;
  const fields = 'torrent' in notification ? { hash: key, name: notification.torrent.name } : { about: key };
  if (outcome === 'refused' && failure !== null) {
    return note('error', 'ntfy refused a message', {
      ...fields,
      kind: notification.kind,
      ...failureFields(failure),
    });
  }
  if (outcome !== 'accepted') return null;
  if (kind === 'completion') return note('info', 'told that it is complete', fields);
  return note('debug', 'told', { ...fields, kind });
}

const failureFields = ({ kind, message }: Failure) => ({ reason: kind, detail: message });

function note(level: LogLevel, message: string, fields: Record<string, unknown> = {}): Note {
  return { level, message, fields };
}
