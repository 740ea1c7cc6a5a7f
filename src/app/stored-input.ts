/** The part of the supervisor's input that is stored, and the topics behind it. */
import type { DigestChange, DigestState } from '../../machines/digest/types.ts';
import type { StoredQuietDigest } from '../../machines/quiet/types.ts';
import { withInvalidButtons } from '../../machines/remote/record.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';
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
import { restoredDigests, saveDigestChange } from '../store/digests.ts';
import { restoredQuietDigest, saveQuietDigest } from '../store/quiet-digest.ts';
import { createRecentCompletions } from '../store/recent-completions.ts';
import type { Buttons } from './buttons.ts';
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
      digests: restoredDigests(store).digests.flatMap(routesOfState),
      summaries: restoredSummaries(store),
    },
    save: (stored) => saveRoutes(store, stored),
  });

type Options = { [Option in 'routing' | 'quietHours']: StartOptions[Option] | undefined } & {
  buttons: Buttons | null;
};

/** What was stored, how records are stored from now on, and the rules in force. */
export const storedInput = (store: Store, routes: Routes, { routing, quietHours, buttons }: Options) => ({
  ...restoredState(store),
  ...recordsInput(store, routes),
  ...(routing === undefined ? {} : { rules: routing.rules }),
  ...quietHoursInput(store, routes, quietHours),
  ...digestsInput(store, routes),
  ...(buttons === null ? {} : buttonsInput(store, buttons)),
});

/** The presses, and the records of the torrents if their cards need other buttons. */
function buttonsInput({ records }: Store, { input, areEarlierInvalid }: Buttons) {
  if (!areEarlierInvalid) return { remote: input };
  const renewed = records.map((record) =>
    record.remote === null ? record : { ...record, remote: withInvalidButtons(record.remote) },
  );
  return { remote: input, records: renewed };
}

/** How a change of a record is stored, with the history, and the completions that were sent lately. */
function recordsInput(store: Store, routes: Routes) {
  const completions = createRecentCompletions(store);
  const writeRecord = referring(routes, (event) => {
    if (event.type === 'record.delete' && event.completed !== undefined) completions.add(event.completed);
    if (event.type === 'record.delete' && event.ended !== undefined) store.history.add(event.ended);
    saveEvent(store, event);
  });
  return { recentCompletions: completions.restored, writeRecord };
}

/** A stored digest is sent also if the quiet hours were removed from the settings. */
function quietHoursInput(store: Store, routes: Routes, hours: StartOptions['quietHours']) {
  const stored = restoredQuietDigest(store);
  if (hours === undefined && stored === null) return {};
  const save = (digest: StoredQuietDigest | null) =>
    routes.around('quietDigest', routesOfDigest(digest), () => saveQuietDigest(store, digest));
  return { quietHours: { hours: hours ?? (() => null), stored, save } };
}

/** The digests, and how a change of one is stored, with the topics that they refer to. */
function digestsInput(store: Store, routes: Routes) {
  const digests = restoredDigests(store);
  const used = new Map(digests.digests.map((digest) => [digest.id, routesOfState(digest)]));
  const writeDigest = (change: DigestChange): void => {
    if (change.type === 'digest.save') used.set(change.digest.id, routesOfState(change.digest));
    if (change.type === 'digest.delete') used.delete(change.id);
    routes.around('digests', [...used.values()].flat(), () => saveDigestChange(store, change));
  };
  return { digests, writeDigest };
}

const routesOfState = ({ route, sentTo }: DigestState): RouteId[] =>
  [...new Set([route, sentTo])].filter((used) => used !== DEFAULT_ROUTE);

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
