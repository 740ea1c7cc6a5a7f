/** The digests of completions in `/status`, on the page and in `/digest`. */
import type { Digest } from '../../machines/digest/digests.ts';
import { selectDigest, selectDigests } from '../../machines/digest/selectors.ts';
import type { Supervisor } from './status.ts';

/** One card on the phone that shows several completions. Names no topic. */
export interface DigestStatus {
  id: string;
  /** Whether further completions join it. */
  open: boolean;
  completions: number;
  /** How many of them ntfy has accepted. */
  delivered: number;
  /** When it began and when the newest completion joined; ISO 8601. */
  since: string;
  until: string;
  /** The newest ones, the newest first. */
  newest: readonly Pick<DigestLine, 'key' | 'name'>[];
}

/** One completion of a digest in `/digest`. */
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

/** The newest digests, the newest first. */
export function digestsOf(supervisor: Supervisor): DigestStatus[] {
  const { digest } = supervisor.getSnapshot().children;
  return digest === undefined ? [] : selectDigests(digest.getSnapshot()).map(describe);
}

/** One digest with all of its completions, the newest first; `null` if there is no such digest. */
export function digestOf(
  supervisor: Supervisor,
  id: string,
): Readonly<Record<keyof DigestStatus | 'lines', unknown>> | null {
  const { digest } = supervisor.getSnapshot().children;
  const found = digest === undefined ? undefined : selectDigest(digest.getSnapshot(), id);
  return found === undefined ? null : { ...describe(found), lines: linesOf(found) };
}

function describe(digest: Digest): DigestStatus {
  const { id, isOpen, members, openedAt, lastJoinedAt } = digest;
  const lines = linesOf(digest);
  return {
    id,
    open: isOpen,
    completions: members.size,
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
