import type { ActorSystem, AnyActorRef, EventObject } from 'xstate';
import type { DigestSubject } from '../digest/content.ts';
import type { Notification, RequestedNotification } from '../domain.ts';
import { memberOf } from '../digest/members.ts';
import { collect, deleteEnded, isAnnounced, isQuiet, saveChanges } from './pending.ts';
import type { QuietDigest } from './pending.ts';
import { makesSound, silence } from './sound.ts';
import type { Through } from './types.ts';

/** The parts of an action's arguments that `passQuietHours` needs. */
interface Step {
  context: { quietDigest: QuietDigest | null };
  system: Pick<ActorSystem<never>, 'get'>;
  enqueue: { sendTo: (target: AnyActorRef, event: EventObject) => void };
}

/**
 * The notification as the outbox sends it: without a sound during quiet hours, and if a digest makes its sound. It is
 * called twice: when a notification is requested, so that what ntfy cannot receive during the whole night is one digest
 * as well; and before each attempt, because quiet hours may have begun meanwhile.
 *
 * @param isLeaving it is sent now: the digest that contains it is stored first
 */
export function passQuietHours(
  { context: { quietDigest: digest }, system, enqueue }: Step,
  notification: RequestedNotification,
  isLeaving: boolean,
): RequestedNotification {
  if (digest === null) return notification;
  const { changes } = digest;
  const passed = applyQuietHours(digest, notification);
  if (isLeaving) saveChanges(digest);
  const quiet = digest.changes === changes ? undefined : system.get('quiet');
  if (quiet !== undefined) enqueue.sendTo(quiet, { type: 'quietDigest.changed' });
  return passed;
}

function applyQuietHours(digest: QuietDigest, notification: RequestedNotification): RequestedNotification {
  deleteEnded(digest, notification);
  if (!makesSound(notification)) return notification;
  const member = memberOf(notification);
  if (member !== null && isAnnounced(digest, member)) return silence(notification);
  if (!isQuiet(digest) || isLetThrough(digest, notification)) return notification;
  if (member !== null) collect(digest, member);
  else if (notification.kind === 'digest' && notification.about === 'quiet') forgetSequence(digest);
  else for (const unheard of digest.takeUnheard(notification)) collect(digest, unheard);
  return silence(notification);
}

const THROUGH: Partial<Record<Notification['kind'], Through>> = {
  completion: 'completions',
  alert: 'alerts',
  incident: 'incidents',
};

function isLetThrough({ hours }: QuietDigest, notification: Notification): boolean {
  const through = notification.kind === 'digest' ? throughOf(notification.about) : THROUGH[notification.kind];
  return through !== undefined && hours()?.through.has(through) === true;
}

/** A digest is let through like what it lists; that of quiet hours never is. */
function throughOf(about: DigestSubject): Through | undefined {
  if (about === 'quiet') return undefined;
  return about === 'completions' ? 'completions' : 'alerts';
}

/** A digest that ntfy accepts only in the next quiet hours makes its sound after them, as another card. */
function forgetSequence(digest: QuietDigest): void {
  digest.id = null;
  digest.changes += 1;
}
