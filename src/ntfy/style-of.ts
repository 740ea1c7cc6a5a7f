import type { Notification } from '../../machines/domain.ts';
import type { SendKind } from '../../machines/routing/types.ts';
import type { NotificationStyle } from './style.ts';

/** The style of a rule for one kind of notifications; `undefined` if it has none. */
export type StyleOf = (rule: string, kind: SendKind) => NotificationStyle | undefined;

/** What the rules file calls the kinds. */
const KINDS: Readonly<Partial<Record<Notification['kind'], SendKind>>> = {
  added: 'added',
  progress: 'progress',
  completion: 'completion',
  alert: 'alerts',
  removed: 'removed',
};

/** The style of the rule that a notification names. */
export function styleFor(notification: Notification, styleOf?: StyleOf): NotificationStyle | undefined {
  const kind = KINDS[notification.kind];
  const { rule } = notification;
  if (kind === undefined || rule === undefined || rule === null) return undefined;
  return styleOf?.(rule, kind);
}
