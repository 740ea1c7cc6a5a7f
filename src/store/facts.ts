/** What the supervisor stores beside records, and the topics behind the routes of the rules. */
import * as z from 'zod';
import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import type { StoredNotices } from '../../machines/incident/notices.ts';
import type { LeftCard } from '../../machines/supervisor/left-cards.ts';
import { listOf } from './digest-schema.ts';
import type { StoreEvent, SupervisorInput } from '../../machines/supervisor/types.ts';

/** The fact that an incident's card is on the phone. The name is that of version 0.1.0. */
const INCIDENT_FACT = 'troubled';
/** The fact that holds when each incident last made a sound. */
const SOUNDS_FACT = 'sounds';
/** The fact that holds which cards about the rules may be on the phone. */
const NOTICES_FACT = 'notices';
/** The fact that holds which cards of ended torrents have still to be deleted. */
const LEFT_CARDS_FACT = 'leftCards';
/** The fact that holds the topics, as routes, on which a summary may be. */
const SUMMARIES_FACT = 'summaries';
/** The fact that holds the topics of the routes that records refer to. The machines never see it. */
const ROUTES_FACT = 'routes';

const soundsSchema = z.record(z.string(), z.number()).catch({});

const leftCard = z.object({
  kind: z.enum(['card-delete', 'alert-clear']),
  key: z.string().regex(/^[0-9a-f]{40}$/),
  route: z.string().min(1).max(64),
});

const leftCardsSchema = listOf(leftCard);

const summariesSchema = z.array(z.string().min(1).max(64)).catch([]);

const noticesSchema = z.object({ rules: z.boolean(), topic: z.boolean(), refused: z.array(z.string()) });

/** What a store has read. */
interface Stored {
  readonly records: readonly TorrentRecord[];
  readonly facts: ReadonlyMap<string, unknown>;
}

/** The stored part of the supervisor's input. */
export function restoredState({
  records,
  facts,
}: Stored): Pick<
  SupervisorInput,
  'records' | 'incidentShown' | 'sounds' | 'notices' | 'leftCards' | 'summaries'
> {
  const leftCards = restoredLeftCards({ facts });
  const summaries = restoredSummaries({ facts });
  const { data: notices } = noticesSchema.safeParse(facts.get(NOTICES_FACT));
  return {
    records,
    incidentShown: facts.get(INCIDENT_FACT) === true,
    sounds: soundsSchema.parse(facts.get(SOUNDS_FACT)),
    ...(notices === undefined ? {} : { notices }),
    ...(leftCards.length === 0 ? {} : { leftCards }),
    ...(summaries.length === 0 ? {} : { summaries }),
  };
}

/** The stored cards of ended torrents. */
export const restoredLeftCards = ({ facts }: Pick<Stored, 'facts'>): LeftCard[] =>
  leftCardsSchema.parse(facts.get(LEFT_CARDS_FACT));

/** The topics, as routes, on which a summary may be. */
export const restoredSummaries = ({ facts }: Pick<Stored, 'facts'>): string[] =>
  summariesSchema.parse(facts.get(SUMMARIES_FACT));

/** The stored topics; they are parsed where they are used. */
export const restoredRoutes = ({ facts }: Pick<Stored, 'facts'>): unknown => facts.get(ROUTES_FACT);

/** What facts and records are written to. */
interface Target {
  save(record: TorrentRecord): void;
  delete(key: Hash): void;
  setFact(name: string, value: unknown): void;
}

/** Stores the topics of routes; if there are none, deletes the fact. */
export function saveRoutes(store: Pick<Target, 'setFact'>, routes: object): void {
  store.setFact(ROUTES_FACT, Object.keys(routes).length === 0 ? undefined : routes);
}

/** Stores the content of an event of the supervisor. */
export function saveEvent(store: Target, event: StoreEvent): void {
  switch (event.type) {
    case 'record.save':
      return store.save(event.record);
    case 'record.delete':
      return store.delete(event.key);
    case 'incident.save':
      return store.setFact(INCIDENT_FACT, event.shown ? true : undefined);
    case 'sounds.save':
      return store.setFact(SOUNDS_FACT, event.sounds);
    case 'notices.save':
      return store.setFact(NOTICES_FACT, isEmpty(event.notices) ? undefined : event.notices);
    case 'leftCards.save':
      return store.setFact(LEFT_CARDS_FACT, event.leftCards.length === 0 ? undefined : event.leftCards);
    case 'summaries.save':
      return store.setFact(SUMMARIES_FACT, event.routes.length === 0 ? undefined : event.routes);
  }
}

const isEmpty = ({ rules, topic, refused }: StoredNotices): boolean =>
  !rules && !topic && refused.length === 0;
