import type { Failure, Notification, Outcome } from '../../machines/domain.ts';
import type { RescanReason, SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';
import { bugOf } from './bug-of.ts';
import { logBug } from '../log/bug.ts';
import type { Logger, LogLevel } from '../log/index.ts';
import { createOutageLog } from '../log/outages.ts';
import { describe, failedAttemptOf, isSessionLost } from './failed-attempts.ts';
import type { Call } from '../metrics/index.ts';
import type { RemovalMethod } from '../ntfy/removal.ts';
import { throttle } from '../util/throttle.ts';

/** A log line. Names of torrents are in `fields`, never in `message`. */
export interface LogEntry {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

/** Milliseconds between two lines on torrents that are not tracked, or on a list that fails. */
const REPEAT_INTERVAL = 10 * 60_000;

/** Milliseconds between two lines on events that can be many (rejected progress, invalid hooks, one bug). */
const FLOOD_INTERVAL = 60_000;

/**
 * Logs the emitted events of the supervisor, and the results of the calls to the two servers.
 *
 * @param now milliseconds
 */
export function createEventLog(log: Logger, now?: () => number) {
  const outages = createOutageLog(log, now);
  const onFlood = throttle(FLOOD_INTERVAL, now);
  const onBug = throttle(FLOOD_INTERVAL, now);
  const onRepeat = throttle(REPEAT_INTERVAL, now);
  const write = ({ level, message, fields }: LogEntry) => log[level](message, fields);
  return {
    event(this: void, event: SupervisorEmitted): void {
      const attempt = failedAttemptOf(event);
      if (attempt !== null) outages.failed(...attempt);
      if (event.type === 'commandTopic.opened') outages.recovered('commandTopic');
      const bug = bugOf(event);
      if (bug !== null)
        onBug(bug.what, (suppressed) => logBug(log, bug.what, bug.error, { ...bug.fields, suppressed }));
      const entry = entryOf(event);
      if (entry === null) return;
      const isFlood =
        event.type === 'completion.suppressed' ||
        ((event.type === 'notification.settled' || event.type.startsWith('outbox.')) &&
          'notification' in event &&
          (event.notification?.kind === 'progress' || event.notification?.kind === 'summary'));
      // While the outage log reports an outage of qBittorrent, these are only for the level debug.
      const isOfOutage = event.type === 'session.ready' || event.type === 'qbittorrent.failed';
      if (event.type === 'capacity.exceeded')
        onRepeat(entry.message, (suppressed) => write({ ...entry, fields: { ...entry.fields, suppressed } }));
      else if (isFlood && entry.level !== 'debug')
        onFlood(entry.message, (suppressed) => write({ ...entry, fields: { ...entry.fields, suppressed } }));
      else write(isOfOutage && outages.isOpen('qbittorrent') ? { ...entry, level: 'debug' } : entry);
    },
    /** A proxy in front of ntfy rejects DELETE. */
    onDeleteRejected(this: void, instead: RemovalMethod): void {
      log.warn(`a proxy or firewall in front of ntfy rejects DELETE: ${DELETE_FALLBACK[instead]}`);
    },
    call(this: void, call: Call): void {
      // A successful login is no recovery: qBittorrent may end the session immediately.
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

/** The log line for an event that the supervisor emitted; `null` for none. */
function entryOf(event: SupervisorEmitted): LogEntry | null {
  switch (event.type) {
    case 'torrent.tracked':
      return entry('info', 'tracking a torrent', { hash: event.hash });
    case 'rescan.requested':
      return entry('info', `scanning for new torrents: ${RESCAN_REASONS[event.why]}`);
    case 'discovery.delayed':
      return entry('info', 'scanning for new torrents: discovery has just started');
    case 'session.ready':
      return entry('info', 'logged in to qBittorrent', { webapi: event.version });
    case 'capacity.exceeded':
      return entry(
        'warn',
        'MAX_TRACKED torrents are tracked: others are not tracked until one of them is done',
      );
    case 'qbittorrent.failed':
      return isSessionLost(event)
        ? entry('info', 'the session with qBittorrent has expired, logging in again')
        : null;
    case 'completion.suppressed':
      return entry('warn', 'too many finish hooks with unknown hashes: no notification is sent', {
        hash: event.key,
      });
    case 'notification.settled':
      return settledEntry(event.notification, event.outcome, event.failure);
    case 'torrent.finished':
      return event.end === 'removed'
        ? entry('info', 'the torrent was removed', { hash: event.key, name: event.name })
        : entry('info', 'the torrent is finished', { hash: event.key, name: event.name });
    case 'outbox.simplified':
      return simplifiedEntry(event);
    case 'topic.rejected':
      return entry('warn', `ntfy refuses ${topicOf(event)}, and accepts others`, {
        rule: event.rule,
        ...answerOf(event.failure),
      });
    case 'topic.restored':
      return entry('info', `ntfy accepts ${topicOf(event)} again`);
    case 'summary.begun':
      return entry('info', 'many downloads: a summary replaces their progress cards', {
        downloads: event.downloads,
      });
    case 'command.executed':
      return entry('info', 'a button was pressed', {
        button: event.command.action,
        hash: event.command.key,
        ...(event.failure === null ? {} : { failed: event.failure.message }),
      });
    case 'summary.ended':
      return entry('info', 'few downloads: each has its own progress card again');
    case 'command.rejected':
    case 'commandTopic.failed':
    case 'commandTopic.opened':
    case 'outbox.failed':
    case 'outbox.crashed':
    case 'torrent.crashed':
    case 'service.crashed':
      return null;
  }
}

/** Without its name, which is a secret. */
const topicOf = ({ route }: { route: RouteId }): string =>
  route === DEFAULT_ROUTE ? 'NTFY_TOPIC' : 'the topic of a rule';

function settledEntry(
  notification: Notification,
  outcome: Outcome,
  failure: Failure | null,
): LogEntry | null {
  const { kind, key } = notification;
  const fields = 'torrent' in notification ? { hash: key, name: notification.torrent.name } : { about: key };
  const digest =
    kind === 'completion' && notification.digest !== undefined ? { digest: notification.digest } : {};
  if (outcome === 'refused' && failure !== null) {
    return entry('error', 'a message was dropped: ntfy rejects it, but accepts others', {
      kind,
      key,
      ...answerOf(failure),
    });
  }
  if (outcome !== 'accepted') return null;
  if (kind === 'completion') return entry('info', 'completion delivered', { ...fields, ...digest });
  return entry('debug', 'notification delivered', { ...fields, kind });
}

/** Numbers only: the text of the answer may contain the rejected message, which must not be logged. */
const answerOf = ({ kind, answer }: Failure) => ({
  reason: kind,
  ...(answer === undefined ? {} : { status: answer.status, code: answer.code, bytes: answer.bytes }),
});

function simplifiedEntry({
  notification: { kind, key },
  form,
  failure,
}: Extract<SupervisorEmitted, { type: 'outbox.simplified' }>): LogEntry {
  const how = form === 'plain' ? 'as short plain text' : 'without any name';
  return entry('warn', `ntfy rejects a message, but accepts others: sending it again ${how}`, {
    kind,
    key,
    ...answerOf(failure),
  });
}

function entry(level: LogLevel, message: string, fields: Record<string, unknown> = {}): LogEntry {
  return { level, message, fields };
}
