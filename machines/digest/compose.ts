import { SILENT_PRIORITY } from '../quiet/sound.ts';
import { onRoute } from '../routing/routed.ts';
import type { DigestMember } from './content.ts';
import type { NextId, Notification, RequestedNotification } from '../domain.ts';
import { saveState } from './digests.ts';
import type { Digest, Digests } from './digests.ts';
import type { CollectedMember } from './types.ts';

/** Lines of a digest; further members are counted. */
export const MAX_LINES = 30;

export type DigestNotification = Extract<Notification, { kind: 'digest' }>;

/** The lines of a digest, the newest first. */
const newestLines = (members: readonly DigestMember[]): DigestMember[] =>
  members.slice(-MAX_LINES).toReversed().map(withoutOrder);

function withoutOrder(member: DigestMember): DigestMember {
  const { kind, key, what, name, size, percent, route, priority } = member;
  return { kind, key, what, name, size, percent, route, priority };
}

/**
 * The priority of the next message. A digest makes a sound when it appears, and once more if a completion with a higher
 * priority joins it. Other updates are silent: Android would mute them only while the card is showing, a browser makes a
 * sound at each, and an iPhone shows each as another notification.
 */
function priorityOf({ silent, soundedWith, members }: Digest): number {
  if (silent) return SILENT_PRIORITY;
  let highest = SILENT_PRIORITY;
  for (const { priority, silenced } of members.values())
    if (silenced !== true && priority > soundedWith) highest = Math.max(highest, priority);
  return highest;
}

/** The notifications of all digests that are due. Where each message is a new card, they are closed. */
export function composeDue(digests: Digests, nextId: NextId): RequestedNotification<DigestNotification>[] {
  const now = digests.now();
  const due = [...digests.byId.values()].filter(({ nextAt, isCollecting }) => nextAt <= now && !isCollecting);
  return due.map((digest) => {
    Object.assign(digest, { nextAt: Infinity, lastAt: now, expected: null });
    const members = [...digest.members.values()];
    const isSeparate = digests.updateInterval(digest.route) === null;
    if (!isSeparate && members.length > 0) return compose(digest, members, nextId);
    digest.isOpen = false;
    saveState(digests, digest);
    const unsent = isSeparate ? members.filter(({ order }) => order > digest.deliveredUpTo) : [];
    return compose(digest, unsent, nextId);
  });
}

function compose(
  digest: Digest,
  members: readonly CollectedMember[],
  nextId: NextId,
): RequestedNotification<DigestNotification> {
  const { id, alert, route, sentTo, lastOrder, deliveredUpTo } = digest;
  const count = members.length;
  return {
    id: nextId(),
    kind: 'digest',
    about: alert ?? 'completions',
    key: id,
    sequence: id,
    memberRoute: route,
    ...onRoute(sentTo),
    priority: priorityOf(digest),
    counts: {
      completion: alert === undefined ? count : 0,
      alert: alert === undefined ? 0 : count,
      incident: 0,
    },
    lines: newestLines(members),
    upTo: lastOrder,
    ...(count === 0 ? { resolved: { shown: deliveredUpTo > 0 } } : {}),
  };
}
