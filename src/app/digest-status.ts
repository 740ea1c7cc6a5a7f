/** The digests in `/status`, on the page and in `/digest`. */
import type { DigestSubject } from '../../machines/digest/content.ts';
import type { Digest } from '../../machines/digest/digests.ts';
import { selectDigest, selectDigests } from '../../machines/digest/selectors.ts';
import type { Supervisor } from './status.ts';

/** One card on the phone that shows several completions or alerts. Names no topic. */
export interface DigestStatus {
  id: string;
  /** What it lists: completions, or the kind of its alerts. */
  about: DigestSubject;
  /** Whether further ones join it. */
  open: boolean;
  /** How many completions, or alerts that hold. */
  lines: number;
  /** How many of them ntfy has accepted. */
  delivered: number;
  /** When it began and when the newest one joined; ISO 8601. */
  since: string;
  until: string;
  /** The newest ones, the newest first. */
  newest: readonly Pick<DigestLine, 'key' | 'name'>[];
}

/** One line of a digest in `/digest`. */
export interface DigestLine {
  /** The hash under which the torrent was tracked first. */
  key: string;
  /** `null` if qBittorrent reported none. */
  name: string | null;
  /** Bytes; 0 if unknown. */
  size: number;
  /** Whether ntfy has accepted a message that lists or counts it. */
  delivered: boolean;
}

/** Names of a digest that `/status` and the page show; `/digest` has all. */
const MAX_NAMES = 10;

/** The newest digests, the newest first. Alerts that are only collected are not on a card yet. */
export function digestsOf(supervisor: Supervisor): DigestStatus[] {
  const { digest } = supervisor.getSnapshot().children;
  return digest === undefined ? [] : selectDigests(digest.getSnapshot()).map(describe);
}

/** One digest with all of its lines, the newest first; `null` if there is no such digest. */
export function digestOf(
  supervisor: Supervisor,
  id: string,
): Readonly<Record<keyof DigestStatus | 'all', unknown>> | null {
  const { digest } = supervisor.getSnapshot().children;
  const found = digest === undefined ? undefined : selectDigest(digest.getSnapshot(), id);
  return found === undefined ? null : { ...describe(found), all: linesOf(found) };
}

function describe(digest: Digest): DigestStatus {
  const { id, alert, isOpen, members, openedAt, lastJoinedAt } = digest;
  const lines = linesOf(digest);
  return {
    id,
    about: alert ?? 'completions',
    open: isOpen,
    lines: members.size,
    delivered: lines.filter(({ delivered }) => delivered).length,
    since: new Date(openedAt).toISOString(),
    until: new Date(lastJoinedAt).toISOString(),
    newest: lines.slice(0, MAX_NAMES).map(({ key, name }) => ({ key, name })),
  };
}

const linesOf = ({ members, deliveredUpTo }: Digest): DigestLine[] =>
  Array.from(members.values(), ({ key, name, size, order }) => ({
    key,
    name,
    size,
    delivered: order <= deliveredUpTo,
  })).toReversed();
