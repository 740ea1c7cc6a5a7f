/** The pending quiet-hours digest in the store: one fact, so that a write is complete or is not there. */
import * as z from 'zod';
import type { DigestMember } from '../../machines/digest/content.ts';
import type { AnnouncedMember, StoredQuietDigest } from '../../machines/quiet/types.ts';
import { KINDS, listOf, memberShape } from './digest-schema.ts';
import type { Store } from './index.ts';

const QUIET_DIGEST_FACT = 'quietDigest';

const announcedMember: z.ZodType<AnnouncedMember> = z.object({
  kind: z.enum(KINDS),
  key: z.string(),
  what: z.string(),
  at: z.number(),
});

const member: z.ZodType<DigestMember> = z.object({
  ...memberShape,
  priority: z.int().min(3).max(5).catch(4),
});

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
