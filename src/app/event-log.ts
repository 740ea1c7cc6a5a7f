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
import { createOutageLog } from '../log/outages.ts';
import type { FailedAttempt, Server } from '../log/outages.ts';
import type { Call } from '../metrics/index.ts';
import type { RemovalMethod } from '../ntfy/removal.ts';
import { throttle } from '../util/throttle.ts';

/** A log line. Names of torrents are in `fields`, never in `message`. */
export interface Note {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** Milliseconds between two lines on torrents that are not tracked, or on a list that fails. */
const REPEAT_INTERVAL = 10 * 60_000;

/** Milliseconds between two lines on what can come in floods (rejected progress, invalid hooks, one bug). */
const FLOOD_INTERVAL = 60_000;

/**
 * Logs what the supervisor emits, and the results of the calls to the two servers.
 *
 * @param now milliseconds
 */
export function createEventLog(log: Logger, now?: () => number) {
  const outages = createOutageLog(log, now);
  const onFlood = throttle(FLOOD_INTERVAL, now);
  const onBug = throttle(FLOOD_INTERVAL, now);
  const onRepeat = throttle(REPEAT_INTERVAL, now);
  const write = ({ level, message, fields }: Note) => log[level](message, fields);
  return {
    event(this: void, event: SupervisorEmitted): void {
      const attempt = failedAttemptOf(event);
      if (attempt !== null) outages.failed(...attempt);
      const bug = bugOf(event);
      if (bug !== null)
        onBug(bug.what, (suppressed) => logBug(log, bug.what, bug.error, { ...bug.fields, suppressed }));
      const note = noteOf(event);
      if (note === null) return;
      const isFlood =
        event.type === 'completion.suppressed' ||
        ((event.type === 'notification.settled' || event.type.startsWith('outbox.')) &&
          'notification' in event &&
          event.notification?.kind === 'progress');
      // Logins that do not end an outage belong to it.
      const isPart = event.type === 'session.ready' || event.type === 'qbittorrent.failed';
      if (event.type === 'capacity.exceeded')
        onRepeat(note.message, (suppressed) => write({ ...note, fields: { ...note.fields, suppressed } }));
      else if (isFlood && note.level !== 'debug')
        onFlood(note.message, (suppressed) => write({ ...note, fields: { ...note.fields, suppressed } }));
      else write(isPart && outages.isOpen('qbittorrent') ? { ...note, level: 'debug' } : note);
    },
    /** A proxy in front of ntfy rejects DELETE. */
    onDeleteRejected(this: void, instead: RemovalMethod): void {
      log.warn(`a proxy or firewall in front of ntfy rejects DELETE: ${DELETE_FALLBACK[instead]}`);
    },
    call(call: Call): void {
      // A successful login is no recovery: qBittorrent may drop the session at once.
      if (call.to === 'qbittorrent' && call.call === 'login') return;
      const { failure } = call;
      if (call.result === 'ok') outages.recovered(call.to);
      // Polls may still succeed: a failed list alone is not an outage.
      else if (call.to === 'qbittorrent' && call.call === 'list' && failure) {
        if (failure.kind === 'unauthorized') return;
        const { message, reason, detail } = describe('could not read the list of torrents', failure);
        onRepeat(`${message}: ${reason}`, (suppressed) => log.warn(message, { reason, detail, suppressed }));
      }
      // Other failures are reported by the machines.
    },
  };
}

const DELETE_FALLBACK: Readonly<Record<RemovalMethod, string>> = {
  delete: 'cards are deleted in another way',
  clear: "progress cards are removed from the notification drawer, but stay in the app's list",
  update: 'progress cards stay, and are updated to show that they ended',
};

const RESCAN_REASONS: Readonly<Record<RescanReason, string>> = {
  nameless: 'the hook sent "-" instead of a hash: use %K instead of %I in it',
  refused: 'a hook sent an outdated token',
  throttled: 'hooks were refused after too many wrong tokens',
  dropped: 'connections of hooks were dropped',
  installed: 'the hook was not installed until now',
};

const FAILURE_MESSAGES: Readonly<Record<QbittorrentRequest, string>> = {
  login: 'login to qBittorrent failed',
  scan: 'scan failed',
  poll: 'request to qBittorrent failed',
  newest: 'request to qBittorrent failed',
  list: 'request to qBittorrent failed',
  hook: 'request to qBittorrent failed',
};

/** A refused login is no lost session. */
const isSessionLost = ({ failure, during }: QbittorrentFailed): boolean =>
  failure.kind === 'unauthorized' && during !== 'login';

/** The failed attempt that an event reports; `null` for other events. */
function failedAttemptOf(event: SupervisorEmitted): [Server, FailedAttempt] | null {
  if (event.type === 'qbittorrent.failed' && !isSessionLost(event))
    return ['qbittorrent', describe(FAILURE_MESSAGES[event.during], event.failure)];
  if (event.type === 'outbox.failed')
    return ['ntfy', describe('request to ntfy failed, retrying', event.failure)];
  return null;
}

const describe = (message: string, { kind, message: detail }: Failure): FailedAttempt => ({
  message,
  reason: kind,
  detail,
});

/** The log line for an event that the supervisor emitted; `null` for none. */
function noteOf(event: SupervisorEmitted): Note | null {
  switch (event.type) {
    case 'torrent.tracked':
      return note('info', 'tracking a torrent', { hash: event.hash });
    case 'rescan.requested':
      return note('info', `scanning for new torrents: ${RESCAN_REASONS[event.why]}`);
    case 'discovery.delayed':
      return note('info', 'scanning for new torrents: discovery has just started');
    case 'session.ready':
      return note('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'capacity.exceeded':
      return note(
        'warn',
        'MAX_TRACKED torrents are tracked: others are not tracked until one of them is done',
      );
    case 'qbittorrent.failed':
      return isSessionLost(event)
        ? note('info', 'the session with qBittorrent has expired, logging in again')
        : null;
    case 'completion.suppressed':
      return note('warn', 'too many finish hooks with unknown hashes: no notification is sent', {
        hash: event.key,
      });
    case 'notification.settled':
      return settledNote(event.notification, event.outcome, event.failure);
    case 'torrent.finished':
      return event.end === 'removed'
        ? note('info', 'the torrent was removed', { hash: event.key, name: event.name })
        : note('info', 'the torrent is finished', { hash: event.key, name: event.name });
    case 'outbox.simplified':
      return simplifiedNote(event);
    case 'outbox.failed':
    case 'outbox.crashed':
    case 'torrent.crashed':
    case 'service.crashed':
      return null;
  }
}

function settledNote(notification: Notification, outcome: Outcome, failure: Failure | null): Note | null {
  const { kind, key } = notification;
  const fields = 'torrent' in notification ? { hash: key, name: notification.torrent.name } : { about: key };
  if (outcome === 'refused' && failure !== null) {
    return note('error', 'a message was dropped: ntfy rejects it, but accepts others', {
      kind,
      key,
      ...answerOf(failure),
    });
  }
  if (outcome !== 'accepted') return null;
  if (kind === 'completion') return note('info', 'completion delivered', fields);
  return note('debug', 'notification delivered', { ...fields, kind });
}

/** Numbers only: the text of the answer may contain the rejected message, which must not be logged. */
const answerOf = ({ kind, answer }: Failure) => ({
  reason: kind,
  ...(answer === undefined ? {} : { status: answer.status, code: answer.code, bytes: answer.bytes }),
});

function simplifiedNote({
  notification: { kind, key },
  form,
  failure,
}: Extract<SupervisorEmitted, { type: 'outbox.simplified' }>): Note {
  const how = form === 'plain' ? 'as short plain text' : 'without any name';
  return note('warn', `ntfy rejects a message, but accepts others: sending it again ${how}`, {
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

/** The exception of this program that an event reports; `null` for other events. */
function bugOf(event: SupervisorEmitted): Bug | null {
  if (event.type === 'outbox.crashed') {
    const { notification, error } = event;
    if (notification === null) return { what: 'reading the limits of ntfy failed', error, fields: {} };
    const { kind, key } = notification;
    return { what: 'sending a message failed', error, fields: { kind, key } };
  }
  if (event.type === 'torrent.crashed')
    return { what: 'a torrent actor failed, restarting it', error: event.error, fields: { hash: event.key } };
  if (event.type !== 'service.crashed') return null;
  const fields = { service: event.service };
  return { what: 'a service actor failed, restarting all services', error: event.error, fields };
}

function note(level: LogLevel, message: string, fields: Record<string, unknown> = {}): Note {
  return { level, message, fields };
}
