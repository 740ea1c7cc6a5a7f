import type { DigestMember } from '../digest/content.ts';
import type { NextId, Notification, RequestedNotification } from '../domain.ts';
import { onRoute } from '../routing/routed.ts';
import { DEFAULT_ROUTE } from '../routing/types.ts';
import { MAX_LINES } from '../digest/compose.ts';
import { saveChanges } from './pending.ts';
import type { QuietDigest } from './pending.ts';

type DigestNotification = Extract<Notification, { kind: 'digest' }>;

/**
 * The digests of all that is pending, one for each topic. Their sequence is stored first: after a kill they are sent
 * again as the same cards.
 */
export function composeDigests(
  digest: QuietDigest,
  nextId: NextId,
): RequestedNotification<DigestNotification>[] {
  const sequence = sequenceOf(digest);
  const byRoute = Map.groupBy(digest.members.values(), ({ route }) => route);
  return Array.from(byRoute, ([route, members]) => ({
    id: nextId(),
    kind: 'digest',
    about: 'quiet',
    // One per topic: a newer one replaces the one that waits.
    key: route === DEFAULT_ROUTE ? 'quiet' : `quiet.${route}`,
    sequence,
    memberRoute: route,
    ...onRoute(route),
    priority: Math.max(...members.map(({ priority }) => priority)),
    counts: countsOf(members, digest.dropped.get(route) ?? 0),
    lines: linesOf(members),
    upTo: Math.max(...members.map(({ order }) => order)),
  }));
}

function sequenceOf(digest: QuietDigest): string {
  if (digest.id === null) {
    // Also after the clock was set back, no digest gets the ID of an earlier one.
    digest.id = Math.max(Math.floor(digest.now() / 1000), digest.lastId + 1);
    digest.lastId = digest.id;
    digest.changes += 1;
    saveChanges(digest);
  }
  return `q${digest.id.toString(36)}`;
}

function countsOf(members: readonly DigestMember[], dropped: number): DigestNotification['counts'] {
  const count = (kind: DigestMember['kind']) => members.filter((member) => member.kind === kind).length;
  return { completion: count('completion') + dropped, alert: count('alert'), incident: count('incident') };
}

const isProblem = ({ kind }: DigestMember): boolean => kind !== 'completion';

/** Problems first, because the limit must not hide them; the newest first. */
function linesOf(members: ReadonlyArray<DigestMember & { order: number }>): DigestMember[] {
  const newest = members.toReversed();
  return [...newest.filter(isProblem), ...newest.filter((member) => !isProblem(member))]
    .slice(0, MAX_LINES)
    .map(({ order: _, ...member }) => member);
}
