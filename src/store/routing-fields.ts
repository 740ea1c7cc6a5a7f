/** The stored fields of a record that say where its cards are, and what was fixed with its completion. */
import * as z from 'zod';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';
import { NO_ROUTES } from '../../machines/torrent/record.ts';
import { fixedMessageSchema } from './fixed-message.ts';
import type { Removal, RemovalNotice } from '../../machines/torrent/removal.ts';

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const route = z.string().min(1).max(64);
const routeOrDefault = route.catch(DEFAULT_ROUTE);
/** The shared array where there are none: changes of a record are found by identity. */
const routes = z
  .array(route)
  .catch([])
  .transform((all): readonly RouteId[] => (all.length === 0 ? NO_ROUTES : all));
const priority = z.int().min(1).max(5);
const removal: z.ZodType<Removal> = z.looseObject({
  kind: z.literal('removed'),
  key: hash,
  name: z.string().nullable().catch(null),
  percent: z.number().min(0).max(100).catch(0),
  at: z.number().nonnegative().catch(0),
  route: z.exactOptional(route),
  rule: z.exactOptional(z.string().nullable()),
  priority: z.exactOptional(priority),
});

const removalNotice: z.ZodType<RemovalNotice> = z.looseObject({
  name: z.string().nullable(),
  route: z.exactOptional(route),
  rule: z.exactOptional(z.string().nullable()),
  priority: z.exactOptional(priority),
});

/** Missing in files of 0.1.0, where there was one topic and no rule. */
export const routingFields = {
  cardRoute: routeOrDefault,
  alertRoute: routeOrDefault,
  oldCards: routes,
  oldAlerts: routes,
  alertDiverted: z.boolean().catch(false),
  alertShown: z.boolean().catch(true),
  moving: z.boolean().catch(false),
  added: z.object({ route, done: z.boolean() }).nullable().catch(null),
  removal: removal.nullable().catch(null),
  ifRemoved: removalNotice.nullable().catch(null),
  route: routeOrDefault,
  rule: z.string().nullable().catch(null),
  excluded: z.boolean().catch(false),
  fixed: fixedMessageSchema.nullable().catch(null),
};
