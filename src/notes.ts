import type { Failure, Notification, Outcome } from '../machines/types.ts';
import type { SupervisorEvent } from '../machines/supervisor/types.ts';
import type { Logger, LogLevel } from './log/index.ts';
import { createTroubles } from './log/troubles.ts';
import type { Server, Trouble } from './log/troubles.ts';
import type { Call } from './metrics/index.ts';
import { sparingly } from './server/sparingly.ts';

/** A line for the log. Names are data: they stand in `fields`, never in `message`. */
export interface Note {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** Between two lines on what can come in a flood (progress that ntfy refuses, junk hooks), in milliseconds. */
const REFUSAL_PAUSE = 60_000;

/**
 * Logs what happens: what reaches the supervisor, and how the calls to the two servers end.
 *
 * @param now milliseconds
 */
export function createNotes(log: Logger, now?: () => number) {
  const troubles = createTroubles(log, now);
  const tell = sparingly(REFUSAL_PAUSE, now);
  const say = ({ level, message, fields }: Note) => log[level](message, fields);
  return {
    event(event: SupervisorEvent): void {
      const trouble = troubleOf(event);
      if (trouble !== null) troubles.failed(...trouble);
      const note = noteOf(event);
      if (note === null) return;
      const isFlood =
        event.type === 'torrent.telling' ||
        (event.type === 'outbox.told' && event.notification.kind === 'progress');
      // Logins that lead to nothing are part of the trouble.
      const isPart = event.type === 'session.ready' || event.type === 'watcher.failed';
      if (isFlood && note.level !== 'debug')
        tell(note.message, (unsaid) => say({ ...note, fields: { ...note.fields, unsaid } }));
      else say(isPart && troubles.isOpen('qbittorrent') ? { ...note, level: 'debug' } : note);
    },
    call(call: Call): void {
      // A login proves nothing: the session may be forgotten at once.
      if (call.to === 'qbittorrent' && call.call === 'login') return;
      const { failure } = call;
      if (call.result === 'ok') troubles.over(call.to);
      // What else fails is reported by a machine.
      else if (
        call.to === 'qbittorrent' &&
        call.call === 'scan' &&
        failure &&
        failure.kind !== 'unauthorized'
      )
        troubles.failed('qbittorrent', describe('could not look around in qBittorrent', failure));
    },
  };
}

const LOOKING = {
  nameless: 'the hook gave "-", use %K instead of %I in it',
  refused: 'the hook came with an old token',
  dropped: 'more hooks came at once than are answered',
  installed: 'there was no working hook until now',
};

/** What an event says of a server that does not do its work; `null` where it says nothing. */
function troubleOf(event: SupervisorEvent): [Server, Trouble] | null {
  if (event.type === 'session.failed')
    return ['qbittorrent', describe('no session with qBittorrent', event.failure)];
  if (event.type === 'watcher.failed' && event.failure.kind !== 'unauthorized')
    return ['qbittorrent', describe('could not ask qBittorrent', event.failure)];
  if (event.type === 'outbox.failed')
    return ['ntfy', describe('could not reach the phone, trying again', event.failure)];
  return null;
}

const describe = (message: string, { kind, message: detail }: Failure): Trouble => ({
  message,
  reason: kind,
  detail,
});

/** What the log says of something that reached the supervisor; `null` where it is no news. */
function noteOf(event: SupervisorEvent): Note | null {
  switch (event.type) {
    case 'track':
      return note('info', 'tracking a torrent', { hash: event.hash });
    case 'look':
      return note('info', `looking for a new torrent: ${LOOKING[event.why ?? 'nameless']}`);
    case 'session.ready':
      return note('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'watcher.failed':
      return event.failure.kind === 'unauthorized'
        ? note('info', 'the session with qBittorrent is over, logging in again')
        : null;
    case 'torrent.telling':
      return note('warn', 'too many finish hooks name unknown torrents: not announced', {
        hash: event.notification.key,
      });
    case 'outbox.told':
      return toldNote(event.notification, event.outcome, event.failure);
    case 'torrent.closed':
      return event.end === 'removed'
        ? note('info', 'the torrent is gone', { hash: event.key, name: event.name })
        : note('info', 'followed to the end', { hash: event.key, name: event.name });
    case 'torrent.crashed':
      return note('error', 'a torrent failed, starting it again', { hash: event.key, reason: event.reason });
    case 'session.failed':
    case 'outbox.failed':
    case 'finished':
    case 'discovery.found':
    case 'incident.telling':
    case 'store.degraded':
    case 'store.restored':
    case 'finish.refuted':
    case 'watcher.observed':
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
      kind,
      reason: failure.kind,
      detail: failure.message,
    });
  }
  if (outcome !== 'accepted') return null;
  if (kind === 'completion') return note('info', 'told that it is complete', fields);
  return note('debug', 'told', { ...fields, kind });
}

function note(level: LogLevel, message: string, fields: Record<string, unknown> = {}): Note {
  return { level, message, fields };
}
