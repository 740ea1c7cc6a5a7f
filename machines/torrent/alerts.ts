import { isRecentSound } from '../recent-sound.ts';
import { isSent } from '../routing/routed.ts';
import type { Routing } from '../routing/types.ts';
import type { Alert, Notification, Phase, TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';
import { isAlertOutdated, isSilenced } from './buttons.ts';
import type { Progress } from './progress.ts';
import type { Seen, TorrentContext } from './types.ts';

/** Phases that neither start nor end an alert. */
const UNDECIDED_PHASES: ReadonlySet<Phase> = new Set(['unknown', 'checking', 'moving']);
/** The phase of each alert. */
const PHASES: Readonly<Record<Exclude<Alert, 'crashing'>, Phase>> = {
  stalled: 'stalled',
  metadata: 'metadata',
  failed: 'failed',
};

/** The alert to show now; `null` for none. */
export function alertOf(before: Alert | null, progress: Progress, at: number, policy: Policy): Alert | null {
  const { phase, since } = progress;
  if (UNDECIDED_PHASES.has(phase)) return before;
  // An alert stays until the phase changes, also after a restart, when the time in the phase starts again.
  const stays = before !== null && before !== 'crashing' && PHASES[before] === phase;
  const lasted = at - since;
  if (phase === 'failed' && (stays || lasted >= policy.settleTime)) return 'failed';
  if (phase === 'stalled' && (stays || lasted >= policy.stalledAfter)) return 'stalled';
  if (phase === 'metadata' && (stays || lasted >= policy.metadataAfter)) return 'metadata';
  return null;
}

/** The alert of a torrent after an observation; `null` for none, also if its rule excludes alerts or it is muted. */
export function alertToShow(
  context: TorrentContext,
  { progress, at }: Pick<Seen, 'progress' | 'at'>,
): Alert | null {
  const { alert, policy, routing } = context;
  if (!isSent(routing, 'alerts') || isSilenced(context, 'alert')) return null;
  return alertOf(alert, progress, at, policy);
}

/** Whether the alert is to be sent again: after a restart, to another topic, or with other buttons. */
export const isAlertDue = (context: TorrentContext, alert: Alert, at: number): boolean =>
  context.isAlertUnsent ||
  isAlertElsewhere(context.record, context.routing) ||
  isAlertOutdated(context, alert, at);

/** Whether the alert is not on the topic of its rule, and is to move there. */
const isAlertElsewhere = (
  { alert, alertRoute, alertDiverted }: TorrentRecord,
  { isDecided, route }: Routing,
): boolean => isDecided && alert !== null && alertRoute !== route && !alertDiverted;

/** An alert as it is sent: silent when the same one made a sound lately. */
export function silenceRepeated<N extends Notification>(
  notification: N,
  { sounded }: TorrentRecord,
  now: number,
): N {
  if (notification.kind !== 'alert') return notification;
  return isRecentSound(sounded[notification.alert], now) ? { ...notification, silent: true } : notification;
}
