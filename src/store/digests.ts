/** The digests in the store: one fact for each, and one for each of its lines, so that a new line is a small write. */
import * as z from 'zod';
import type {
  CollectedMember,
  DigestChange,
  StoredDigest,
  StoredDigests,
} from '../../machines/digest/types.ts';
import type { DigestId } from '../../machines/digest/content.ts';
import { collectedMember, digestState } from './digest-schema.ts';
import type { Store } from './index.ts';

const RECENT_FACT = 'recentCompletions';
const DIGEST = 'digest:';

const digestFact = (id: DigestId): string => `${DIGEST}${id}`;
const memberFact = (id: DigestId, order: number): string => `${DIGEST}${id}:${order}`;

const toList = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

const recentTimes = z.record(z.string(), z.array(z.number())).catch({});

/** The digests of an earlier process; a line without its digest is ignored. */
export function restoredDigests({ facts }: Pick<Store, 'facts'>): StoredDigests {
  const members = new Map<DigestId, CollectedMember[]>();
  const digests: StoredDigest[] = [];
  for (const [name, value] of facts) {
    if (!name.startsWith(DIGEST)) continue;
    const [, id = '', order] = name.split(':');
    const own = members.get(id) ?? [];
    members.set(id, own);
    if (order === undefined) {
      const { data } = digestState.safeParse(value);
      if (data?.id === id) digests.push({ ...data, members: own });
    } else own.push(...toList(collectedMember.safeParse(value).data));
  }
  for (const own of members.values()) own.sort((a, b) => a.order - b.order);
  return {
    digests: digests.toSorted((a, b) => a.openedAt - b.openedAt),
    recent: recentTimes.parse(facts.get(RECENT_FACT)),
  };
}

/** Stores a change, together with the records that are saved in the same run of the process. */
export function saveDigestChange(store: Pick<Store, 'setFact'>, change: DigestChange): void {
  const set = (name: string, value: unknown) => store.setFact(name, value, 'together');
  switch (change.type) {
    case 'digest.save':
      return set(digestFact(change.digest.id), change.digest);
    case 'digest.delete':
      set(digestFact(change.id), undefined);
      for (const order of change.orders) set(memberFact(change.id, order), undefined);
      return;
    case 'member.save':
      return set(memberFact(change.id, change.member.order), change.member);
    case 'member.delete':
      return set(memberFact(change.id, change.order), undefined);
    case 'recent.save':
      return set(RECENT_FACT, change.recent);
  }
}
