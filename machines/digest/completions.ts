/** Which completions share a card. */
import { makesSound } from '../quiet/sound.ts';
import { routeOf } from '../routing/routed.ts';
import type { RouteId } from '../routing/types.ts';
import type { CompletionCard } from '../domain.ts';
import {
  addDigest,
  deleteDigest,
  isJoinable,
  MAX_BATCH_TIME,
  memberWith,
  saveMember,
  saveState,
} from './digests.ts';
import type { Digest, Digests } from './digests.ts';
import { memberOf } from './members.ts';
import { countRecent } from './recent.ts';
import type { Batch, Completion, GroupId } from './types.ts';

/** Milliseconds for which completions are collected where each message is a new card. */
const SEPARATE_INTERVAL = 60_000;

const groupOf = (route: RouteId, silent: boolean): GroupId => (silent ? `${route}.silent` : route);

/** Decides on which card a completion is, and adds it to the digest. It is decided once: its record stores it. */
export function assignCard(digests: Digests, completion: Completion, batch: Batch): CompletionCard {
  const route = routeOf(completion);
  const from = digests.digestFrom(route);
  if (from === null || !digests.isGrouped(completion.rule ?? null)) return 'own';
  const silent = !makesSound(completion);
  const group = groupOf(route, silent);
  const at = digests.now();
  const times = countRecent(digests.recent, group, { at, limit: from });
  const open = openDigest(digests, group, at);
  if (open === undefined && times.length < from && batch.size < from) {
    digests.write({ type: 'recent.save', recent: Object.fromEntries(digests.recent) });
    return 'own';
  }
  const digest = open ?? addDigest(digests, { route, silent, at });
  join(digests, digest, { completion, batch, at });
  return digest.id;
}

const openDigest = ({ byId }: Digests, group: GroupId, now: number): Digest | undefined =>
  [...byId.values()].findLast(
    (digest) =>
      digest.alert === undefined && groupOf(digest.route, digest.silent) === group && isJoinable(digest, now),
  );

interface Joining {
  completion: Completion;
  batch: Batch;
  at: number;
}

function join(digests: Digests, digest: Digest, { completion, batch, at }: Joining): void {
  const content = memberOf(completion);
  if (content === null) return;
  digest.lastOrder += 1;
  digest.lastJoinedAt = at;
  digest.nextAt = dueAt(digests, digest, { batch, at });
  saveState(digests, digest);
  saveMember(digests, digest, { ...content, order: digest.lastOrder });
}

/** When a digest that has a new member is sent: at once, or when the others of the same poll have joined. */
function dueAt(
  { updateInterval }: Digests,
  digest: Digest,
  { batch, at }: Omit<Joining, 'completion'>,
): number {
  const interval = updateInterval(digest.route);
  if (interval === null) return Math.min(digest.nextAt, Math.max(at, digest.lastAt) + SEPARATE_INTERVAL);
  const { expected } = digest;
  const left = (expected?.at === batch.at ? expected.size : batch.size) - 1;
  digest.expected = { at: batch.at, size: left };
  return Math.max(digest.lastAt + interval, left > 0 ? at + MAX_BATCH_TIME : at);
}

/** The completion is not sent: its line is deleted, and its digest if that has no other one. */
export function leaveDigest(digests: Digests, { key, digest: id = '' }: Completion): void {
  const digest = digests.byId.get(id);
  const member = digest === undefined ? undefined : memberWith(digest, key);
  if (digest === undefined || member === undefined) return;
  if (digest.members.size === 1) return deleteDigest(digests, digest);
  digest.members.delete(member.order);
  digest.lastOrder = Math.max(digest.deliveredUpTo, ...digest.members.keys());
  if (digest.lastOrder === digest.deliveredUpTo) digest.nextAt = Infinity;
  digests.write({ type: 'member.delete', id, order: member.order });
}
