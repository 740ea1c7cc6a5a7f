import type {
  Failure,
  Notification,
  Outcome,
  QbittorrentFailed,
  QbittorrentRequest,
} from '../../machines/domain.ts';
import type { RescanReason, SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import { logBug } from '../log/bug.ts';
import type { Logger, LogLevel } from '../log/index.ts';
import { createTroubles } from '../log/troubles.ts';
import type { Server, Trouble } from '../log/troubles.ts';
import type { Call } from '../metrics/index.ts';
import type { RemovalMethod } from '../ntfy/removal.ts';
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
 * Logs what happens: what the supervisor emits, and how the calls to the two servers end.
 *
 * @param now milliseconds
 */
export function createEventLog(log: Logger, now?: () => number) {
  const troubles = createTroubles(log, now);
  const tell = throttle(FLOOD_INTERVAL, now);
  const tellBug = throttle(FLOOD_INTERVAL, now);
  const seldom = throttle(REPEAT_INTERVAL, now);
  const say = ({ level, message, fields }: Note) => log[level](message, fields);
  return {
    event(this: void, event: SupervisorEmitted): void {
      const trouble = troubleOf(event);
      if (trouble !== null) troubles.failed(...trouble);
      const bug = bugOf(event);
      if (bug !== null)
        tellBug(bug.what, (unsaid) => logBug(log, bug.what, bug.error, { ...bug.fields, unsaid }));
      const note = noteOf(event);
      if (note === null) return;
      const isFlood =
        event.type === 'completion.suppressed' ||
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
    onDeleteRejected(this: void, instead: RemovalMethod): void {
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
      // The machines report all other failures.
    },
  };
}

const DELETE_FALLBACK: Readonly<Record<RemovalMethod, string>> = {
  delete: 'cards are deleted all the same',
  clear: "progress cards leave the notification drawer, and stay in the app's list",
  update: 'progress cards stay, and their last update says that they ended',
};

const RESCAN_REASONS: Readonly<Record<RescanReason, string>> = {
  nameless: 'the hook gave "-", use %K instead of %I in it',
  refused: 'the hook came with an old token',
  throttled: 'hooks were refused after too many wrong tokens',
  dropped: 'more hooks came at once than are answered',
  installed: 'there was no working hook until now',
};

const FAILURE_MESSAGES: Readonly<Record<QbittorrentRequest, string>> = {
  login: 'no session with qBittorrent',
  scan: 'scan failed',
  poll: 'could not ask qBittorrent',
  newest: 'could not ask qBittorrent',
  list: 'could not ask qBittorrent',
  hook: 'could not ask qBittorrent',
};

/** A refused login is no lost session. */
const isSessionLost = ({ failure, during }: QbittorrentFailed): boolean =>
  failure.kind === 'unauthorized' && during !== 'login';

/** What an event says of a server that does not do its work; `null` where it says nothing. */
function troubleOf(event: SupervisorEmitted): [Server, Trouble] | null {
  if (event.type === 'qbittorrent.failed' && !isSessionLost(event))
    return ['qbittorrent', describe(FAILURE_MESSAGES[event.during], event.failure)];
  if (event.type === 'outbox.failed')
    return ['ntfy', describe('could not reach the phone, trying again', event.failure)];
  return null;
}

const describe = (message: string, { kind, message: detail }: Failure): Trouble => ({
  message,
  reason: kind,
  detail,
});

/** The line for an event; `null` where there is none. */
function noteOf(event: SupervisorEmitted): Note | null {
  switch (event.type) {
    case 'torrent.tracked':
      return note('info', 'tracking a torrent', { hash: event.hash });
    case 'rescan.requested':
      return note('info', `looking for a new torrent: ${RESCAN_REASONS[event.why]}`);
    case 'discovery.delayed':
      return note('info', 'looking for a new torrent: discovery has begun only now');
    case 'session.ready':
      return note('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'capacity.exceeded':
      return note('warn', 'MAX_TRACKED torrents are followed: others wait until one of these is over');
    case 'qbittorrent.failed':
      return isSessionLost(event)
        ? note('info', 'the session with qBittorrent is over, logging in again')
        : null;
    case 'completion.suppressed':
      return note('warn', 'too many finish hooks name unknown torrents: not announced', { hash: event.key });
    case 'notification.settled':
      return toldNote(event.notification, event.outcome, event.failure);
    case 'torrent.finished':
      return event.end === 'removed'
        ? note('info', 'the torrent is gone', { hash: event.key, name: event.name })
        : note('info', 'followed to the end', { hash: event.key, name: event.name });
    case 'outbox.simplified':
      return simplifiedNote(event);
    case 'outbox.failed':
    case 'outbox.crashed':
    case 'torrent.crashed':
    case 'service.crashed':
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
}: Extract<SupervisorEmitted, { type: 'outbox.simplified' }>): Note {
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
function bugOf(event: SupervisorEmitted): Bug | null {
  if (event.type === 'outbox.crashed') {
    const { notification, error } = event;
    if (notification === null) return { what: "ntfy's limits could not be read", error, fields: {} };
    const { kind, key } = notification;
    return { what: 'a message could not be sent', error, fields: { kind, key } };
  }
  if (event.type === 'torrent.crashed')
    return { what: 'a torrent failed, starting it again', error: event.error, fields: { hash: event.key } };
  if (event.type !== 'service.crashed') return null;
  const fields = { service: event.service };
  return { what: 'a service failed, starting all of them again', error: event.error, fields };
}

function note(level: LogLevel, message: string, fields: Record<string, unknown> = {}): Note {
  return { level, message, fields };
}
