import type { Failure, Notification, Outcome } from '../../machines/domain.ts';
import type { SupervisorEvent } from '../../machines/supervisor/types.ts';
import { logBug } from '../log/bug.ts';
import type { Logger, LogLevel } from '../log/index.ts';
import { createTroubles } from '../log/troubles.ts';
import type { Server, Trouble } from '../log/troubles.ts';
import type { Call } from '../metrics/index.ts';
import type { Way } from '../ntfy/removal.ts';
import { throttle } from '../util/throttle.ts';

/** A line for the log. Names are data: they stand in `fields`, never in `message`. */
export interface Note {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** Between two lines on torrents that are left out, or on a list that fails, in milliseconds. */
const REPEAT_INTERVAL = 10 * 60_000;

/** Between two lines on what can come in a flood (rejected progress, junk hooks, one bug), in milliseconds. */
const FLOOD_INTERVAL = 60_000;

/**
 * Logs what happens: what reaches the supervisor, and how the calls to the two servers end.
 *
 * @param now milliseconds
 */
export function createNotes(log: Logger, now?: () => number) {
  const troubles = createTroubles(log, now);
  const tell = throttle(FLOOD_INTERVAL, now);
  const tellBug = throttle(FLOOD_INTERVAL, now);
  const seldom = throttle(REPEAT_INTERVAL, now);
  const say = ({ level, message, fields }: Note) => log[level](message, fields);
  return {
    event(event: SupervisorEvent): void {
      const trouble = troubleOf(event);
      if (trouble !== null) troubles.failed(...trouble);
      const bug = bugOf(event);
      if (bug !== null)
        tellBug(bug.what, (unsaid) => logBug(log, bug.what, bug.error, { ...bug.fields, unsaid }));
      const note = noteOf(event);
      if (note === null) return;
      const isFlood =
        event.type === 'notification.requested' ||
        ((event.type === 'notification.settled' || event.type.startsWith('outbox.')) &&
          'notification' in event &&
          event.notification?.kind === 'progress');
      // Logins that lead to nothing are part of the trouble.
      const isPart = event.type === 'session.ready' || event.type === 'qbittorrent.failed';
      if (event.type === 'capacity.exceeded')
        seldom(note.message, (unsaid) => say({ ...note, fields: { ...note.fields, unsaid } }));
      else if (isFlood && note.level !== 'debug')
        tell(note.message, (unsaid) => say({ ...note, fields: { ...note.fields, unsaid } }));
      else say(isPart && troubles.isOpen('qbittorrent') ? { ...note, level: 'debug' } : note);
    },
    /** DELETE does not reach ntfy. */
    onDeleteRejected(this: void, instead: Way): void {
      log.warn(`something in front of ntfy rejects DELETE: ${DELETE_FALLBACK[instead]}`);
    },
    call(call: Call): void {
      // A login proves nothing: the session may be forgotten at once.
      if (call.to === 'qbittorrent' && call.call === 'login') return;
      const { failure } = call;
      if (call.result === 'ok') troubles.over(call.to);
      // Polls may go on: the list is no sign of an outage.
      else if (call.to === 'qbittorrent' && call.call === 'list' && failure) {
        if (failure.kind === 'unauthorized') return;
        const { message, reason, detail } = describe('could not read the list of all torrents', failure);
        seldom(`${message}: ${reason}`, (unsaid) => log.warn(message, { reason, detail, unsaid }));
      }
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

const DELETE_FALLBACK: Readonly<Record<Way, string>> = {
  delete: 'cards are deleted all the same',
  clear: "progress cards leave the notification drawer, and stay in the app's list",
  update: 'progress cards stay, and their last update says that they ended',
};

const RESCAN_REASONS = {
  nameless: 'the hook gave "-", use %K instead of %I in it',
  refused: 'the hook came with an old token',
  throttled: 'hooks were refused after too many wrong tokens',
  dropped: 'more hooks came at once than are answered',
  installed: 'there was no working hook until now',
  late: 'discovery has begun only now',
};

/** What an event says of a server that does not do its work; `null` where it says nothing. */
function troubleOf(event: SupervisorEvent): [Server, Trouble] | null {
  if (event.type === 'session.failed')
    return ['qbittorrent', describe('no session with qBittorrent', event.failure)];
  if (event.type === 'qbittorrent.failed' && event.failure.kind !== 'unauthorized')
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
    case 'torrent.track':
      return note('info', 'tracking a torrent', { hash: event.hash });
    case 'rescan':
      return note('info', `looking for a new torrent: ${RESCAN_REASONS[event.why ?? 'nameless']}`);
    case 'session.ready':
      return note('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'capacity.exceeded':
      return note('warn', 'MAX_TRACKED torrents are followed: others wait until one of these is over');
    case 'qbittorrent.failed':
      return event.failure.kind === 'unauthorized'
        ? note('info', 'the session with qBittorrent is over, logging in again')
        : null;
    case 'notification.requested':
      return note('warn', 'too many finish hooks name unknown torrents: not announced', {
        hash: event.notification.key,
      });
    case 'notification.settled':
      return toldNote(event.notification, event.outcome, event.failure);
    case 'torrent.finished':
      return event.end === 'removed'
        ? note('info', 'the torrent is gone', { hash: event.key, name: event.name })
        : note('info', 'followed to the end', { hash: event.key, name: event.name });
    case 'outbox.simplified':
      return simplifiedNote(event);
    case 'session.failed':
    case 'outbox.failed':
    case 'outbox.crashed':
    case 'torrent.crashed':
    case 'torrent.markFinished':
    case 'discovery.found':
    case 'incident.changed':
    case 'store.degraded':
    case 'store.repaired':
    case 'store.restored':
    case 'torrents.renamed':
    case 'torrent.revive':
    case 'starts.next':
      return null;
    default:
      return null;
  }
}

function toldNote(notification: Notification, outcome: Outcome, failure: Failure | null): Note | null {
  const { kind, key } = notification;
  const fields = 'torrent' in notification ? { hash: key, name: notification.torrent.name } : { about: key };
  if (outcome === 'refused' && failure !== null) {
    return note('error', 'a message was dropped: others are accepted, this one is rejected', {
      kind,
      key,
      ...answerOf(failure),
    });
  }
  if (outcome !== 'accepted') return null;
  if (kind === 'completion') return note('info', 'told that it is complete', fields);
  return note('debug', 'told', { ...fields, kind });
}

/** Numbers only: what was rejected may be in the text, and nothing of a message belongs into the log. */
const answerOf = ({ kind, answer }: Failure) => ({
  reason: kind,
  ...(answer === undefined ? {} : { status: answer.status, code: answer.code, bytes: answer.bytes }),
});

function simplifiedNote({
  notification: { kind, key },
  form,
  failure,
}: Extract<SupervisorEvent, { type: 'outbox.simplified' }>): Note {
  const how = form === 'plain' ? 'in plain, short text' : 'in its last form, without any name';
  return note('warn', `a message is rejected although others are accepted: sending it ${how}`, {
    kind,
    key,
    ...answerOf(failure),
  });
}

interface Bug {
  what: string;
  error: unknown;
  fields: Record<string, unknown>;
}

/** An exception of our own code; `null` for everything else. */
function bugOf(event: SupervisorEvent): Bug | null {
  if (event.type === 'outbox.crashed') {
    const { notification, error } = event;
    if (notification === null) return { what: "ntfy's limits could not be read", error, fields: {} };
    const { kind, key } = notification;
    return { what: 'a message could not be sent', error, fields: { kind, key } };
  }
  if (event.type === 'torrent.crashed')
    return { what: 'a torrent failed, starting it again', error: event.error, fields: { hash: event.key } };
  if (!('actorId' in event)) return null;
  const fields = { service: event.actorId };
  return { what: 'a service failed, starting all of them again', error: event.error, fields };
}

function note(level: LogLevel, message: string, fields: Record<string, unknown> = {}): Note {
  return { level, message, fields };
}
