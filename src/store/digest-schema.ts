/** How the lines of digests, and the digests themselves, are read back from the store. */
import * as z from 'zod';
import type { CollectedMember, DigestState } from '../../machines/digest/types.ts';
import type { DigestMember } from '../../machines/digest/content.ts';
import type { Alert } from '../../machines/domain.ts';

/** The elements of a stored list that can be parsed. */
export const listOf = <T>(element: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.flatMap((item) => element.safeParse(item).data ?? []));

export const KINDS = {
  completion: 'completion',
  alert: 'alert',
  incident: 'incident',
} as const satisfies Record<DigestMember['kind'], DigestMember['kind']>;

const count = z.number().nonnegative().catch(0);
const instant = z.number().nonnegative();
const route = z.string().min(1).max(64);

export const ALERTS: Record<Alert, Alert> = {
  stalled: 'stalled',
  metadata: 'metadata',
  failed: 'failed',
  crashing: 'crashing',
};

export const digestId = z.string().regex(/^d[0-9a-z]{1,7}$/);

/** One line of a digest. */
export const memberShape = {
  kind: z.enum(KINDS),
  key: z.string(),
  what: z.string(),
  name: z.string().nullable().catch(null),
  size: count,
  percent: count,
  route: z.string(),
  priority: z.int().min(1).max(5).catch(4),
};

export const collectedMember: z.ZodType<CollectedMember> = z.object({
  ...memberShape,
  order: z.int().positive(),
  silenced: z.exactOptional(z.literal(true)),
  rule: z.exactOptional(z.string()),
  replaces: z.exactOptional(z.literal(true)),
});

export const digestState: z.ZodType<DigestState> = z.object({
  id: digestId,
  alert: z.exactOptional(z.enum(ALERTS)),
  isCollecting: z.exactOptional(z.literal(true)),
  route,
  silent: z.boolean(),
  sentTo: route,
  openedAt: instant,
  lastJoinedAt: instant,
  deliveredUpTo: count,
  soundedWith: count,
  isOpen: z.boolean().catch(false),
});
