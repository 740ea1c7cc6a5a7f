/** The part of the supervisor's input that is stored, and the topics behind it. */
import type { StoredQuietDigest } from '../../machines/quiet/types.ts';
import type { Config } from '../config/index.ts';
import { createRoutes, referring, storedRoutesSchema } from '../ntfy/routes.ts';
import type { Routes } from '../ntfy/routes.ts';
import { restoredRoutes, restoredState, saveEvent, saveRoutes } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { restoredQuietDigest, saveQuietDigest } from '../store/quiet-digest.ts';
import type { RuntimeRouting } from './routing.ts';
import type { StartOptions } from './start.ts';

/** The topics of the rules, and of what earlier rules have left. */
export const createStoredRoutes = ({ ntfy: { server } }: Config, store: Store, routing?: RuntimeRouting) =>
  createRoutes({
    server,
    current: (route) => routing?.topicOf(route),
    stored: storedRoutesSchema.parse(restoredRoutes(store)),
    records: store.records,
    pending: routesOfDigest(restoredQuietDigest(store)),
    save: (stored) => saveRoutes(store, stored),
  });

type Rules = { [Option in 'routing' | 'quietHours']: StartOptions[Option] | undefined };

/** What was stored, how records are stored from now on, and the rules in force. */
export const storedInput = (store: Store, routes: Routes, { routing, quietHours }: Rules) => ({
  ...restoredState(store),
  writeRecord: referring(routes, (event) => saveEvent(store, event)),
  ...(routing === undefined ? {} : { rules: routing.rules }),
  ...quietHoursInput(store, routes, quietHours),
});

/** A stored digest is sent also if the quiet hours were removed from the settings. */
function quietHoursInput(store: Store, routes: Routes, hours: StartOptions['quietHours']) {
  const stored = restoredQuietDigest(store);
  if (hours === undefined && stored === null) return {};
  let before = routesOfDigest(stored);
  // At each moment, the topics of all that is stored are stored.
  const save = (digest: StoredQuietDigest | null) => {
    const after = routesOfDigest(digest);
    routes.referPending([...before, ...after]);
    saveQuietDigest(store, digest);
    routes.referPending(after);
    before = after;
  };
  return { quietHours: { hours: hours ?? (() => null), stored, save } };
}

const routesOfDigest = (digest: StoredQuietDigest | null) => digest?.members.map(({ route }) => route) ?? [];
