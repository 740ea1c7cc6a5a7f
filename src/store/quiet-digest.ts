/** The pending quiet-hours digest in the store: one fact, so that a write is complete or is not there. */
import * as z from 'zod';
import type { QuietMember } from '../../machines/domain.ts';
import type { AnnouncedMember, StoredQuietDigest } from '../../machines/quiet/types.ts';
import type { Store } from './index.ts';

const QUIET_DIGEST_FACT = 'quietDigest';

const KINDS = {
  completion: 'completion',
  alert: 'alert',
  incident: 'incident',
} as const satisfies Record<QuietMember['kind'], QuietMember['kind']>;

const count = z.number().nonnegative().catch(0);

const announcedMember: z.ZodType<AnnouncedMember> = z.object({
  kind: z.enum(KINDS),
  key: z.string(),
  what: z.string(),
  at: z.number(),
});

const member: z.ZodType<QuietMember> = z.object({
  kind: z.enum(KINDS),
  key: z.string(),
  what: z.string(),
  name: z.string().nullable().catch(null),
  size: count,
  percent: count,
  route: z.string(),
  priority: z.int().min(3).max(5).catch(4),
});

/** The elements that can be parsed. */
const listOf = <T>(element: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.flatMap((item) => element.safeParse(item).data ?? []));

const storedDigest: z.ZodType<StoredQuietDigest> = z.object({
  id: z.int().positive().nullable().catch(null),
  members: listOf(member),
  dropped: z.record(z.string(), z.number()).catch({}),
  announced: listOf(announcedMember),
});

/** The digest that was pending when the last process ended; `null` if none was. */
export const restoredQuietDigest = ({ facts }: Pick<Store, 'facts'>): StoredQuietDigest | null =>
  storedDigest.safeParse(facts.get(QUIET_DIGEST_FACT)).data ?? null;

/** Stores the pending digest; it survives a power loss when the call returns. */
export const saveQuietDigest = (store: Pick<Store, 'setFact'>, digest: StoredQuietDigest | null): void =>
  store.setFact(QUIET_DIGEST_FACT, digest ?? undefined);
