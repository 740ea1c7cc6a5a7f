import { isInjected } from '../torrent/finish.ts';
import type { Notification } from '../domain.ts';

/** Kinds that make a sound where no rule sets their priority. */
const AUDIBLE_KINDS: ReadonlySet<Notification['kind']> = new Set([
  'completion',
  'alert',
  'incident',
  'digest',
]);
/** ntfy makes a sound from its default priority on. */
const MIN_AUDIBLE_PRIORITY = 3;
/** In the notification drawer only: no sound, no vibration. */
export const SILENT_PRIORITY = 2;
const DEFAULT_AUDIBLE_PRIORITY = 4;

/** The notification without a sound, whatever its kind, priority and form. */
export const silence = <N extends Notification>(notification: N): N => ({
  ...notification,
  // An alert or incident that made no sound does not silence the next one.
  ...(notification.kind === 'alert' || notification.kind === 'incident' ? { silent: true } : {}),
  withoutSound: true,
});

/** Whether quiet hours silenced it. */
export const isSilenced = ({ withoutSound }: Notification): boolean => withoutSound === true;

/** Whether it makes a sound, as far as the machines know. */
export function makesSound(notification: Notification): boolean {
  if (isSilenced(notification)) return false;
  if ('silent' in notification && notification.silent) return false;
  const priority = rulePriorityOf(notification);
  const isFixed = notification.kind === 'completion' && notification.fixed !== undefined;
  if (notification.kind === 'completion' && !isFixed && isInjected(notification.torrent)) return false;
  return priority === null ? AUDIBLE_KINDS.has(notification.kind) : priority >= MIN_AUDIBLE_PRIORITY;
}

/** The priority of an audible notification: that of its rule, otherwise the default. */
export const audiblePriorityOf = (notification: Notification): number =>
  rulePriorityOf(notification) ?? DEFAULT_AUDIBLE_PRIORITY;

/** The text and priority of a completion may have been fixed when it was stored. */
function rulePriorityOf(notification: Notification): number | null {
  const fixed = notification.kind === 'completion' ? notification.fixed : undefined;
  return fixed?.priority ?? notification.priority ?? null;
}
