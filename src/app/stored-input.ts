/** The part of the supervisor's input that is stored, and the topics behind it. */
import type { StoredQuietDigest } from '../../machines/quiet/types.ts';
import type { FactEvent } from '../../machines/supervisor/types.ts';
import type { Config } from '../config/index.ts';
import { createRoutes, referring, storedRoutesSchema } from '../ntfy/routes.ts';
import type { Routes } from '../ntfy/routes.ts';
import {
  restoredLeftCards,
  restoredRoutes,
  restoredState,
  restoredSummaries,
  saveEvent,
  saveRoutes,
} from '../store/index.ts';
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
    others: {
      quietDigest: routesOfDigest(restoredQuietDigest(store)),
      leftCards: restoredLeftCards(store).map(({ route }) => route),
      summaries: restoredSummaries(store),
    },
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
  const save = (digest: StoredQuietDigest | null) =>
    routes.around('quietDigest', routesOfDigest(digest), () => saveQuietDigest(store, digest));
  return { quietHours: { hours: hours ?? (() => null), stored, save } };
}

/** Stores what is not a record, with the topics that it refers to. */
export const createSaveFact =
  (store: Store, routes: Routes) =>
  (event: FactEvent): void => {
    const save = () => saveEvent(store, event);
    if (event.type === 'summaries.save') return routes.around('summaries', event.routes, save);
    if (event.type !== 'leftCards.save') return save();
    const used = event.leftCards.map(({ route }) => route);
    return routes.around('leftCards', used, save);
  };

const routesOfDigest = (digest: StoredQuietDigest | null) => digest?.members.map(({ route }) => route) ?? [];
