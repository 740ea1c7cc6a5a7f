import { assign, sendParent, setup } from 'xstate';
import type { Concern, Failure, Notification, Policy, QbittorrentFailed } from '../domain.ts';

export type IncidentEvent = QbittorrentFailed | { type: 'qbittorrent.recovered' };

/** A scan that fails is repeated, while logins and polls show whether qBittorrent answers. */
const OUTAGE_REQUESTS: ReadonlySet<QbittorrentFailed['during']> = new Set(['login', 'poll', 'newest']);

/** Whether failures of this request are an outage, which becomes an incident when it lasts. */
export const isOutage = (during: QbittorrentFailed['during']): boolean => OUTAGE_REQUESTS.has(during);

/** What an incident says to its supervisor: what the phone is told, and whether the incident's card is there then. */
export interface IncidentReport {
  type: 'incident.changed';
  raised: boolean;
  notification: Extract<Notification, { kind: 'incident' | 'relief' }>;
}

/** Whether this takes back what was said of qBittorrent; the store's own all-clear does not. */
export const isAllClear = ({ kind, key }: Notification): boolean =>
  kind === 'relief' && key === 'qbittorrent';

interface IncidentContext {
  concern: Concern;
  policy: Policy;
  failure: Failure | null;
  /** Troubles in a row of another kind than the phone was told. */
  others: number;
  /** Raised in an earlier life: its card may be on the phone although none was sent since. */
  inherited: boolean;
}

const UNKNOWN: Failure = { kind: 'unreachable', message: 'no answer' };
/** Troubles that do not pass by themselves: said at once. */
const LASTING: ReadonlySet<Failure['kind']> = new Set(['unauthorized', 'banned']);

/** So many troubles in a row of another kind are said anew: a server may fail in two ways by turns, for hours. */
const TROUBLES_TO_CHANGE = 3;

/**
 * What concerns all torrents: said once when it lasts, taken back once when it is over. A restart of qBittorrent that
 * takes seconds is no incident.
 */
export const incidentMachine = setup({
  types: {
    context: {} as IncidentContext,
    events: {} as IncidentEvent,
    /** `raised`: its card is on the phone since an earlier life. */
    input: {} as { concern: Concern; policy: Policy; raised: boolean },
  },
  guards: {
    inherited: ({ context }) => context.inherited,
    lasting: (_, { failure }: { failure: Failure }) => LASTING.has(failure.kind),
    /** A wrong address is misdirected each time, a proxy that restarts once. */
    certain: ({ context }, { failure: { kind } }: { failure: Failure }) =>
      LASTING.has(kind) || (kind === 'misdirected' && context.failure?.kind === kind),
    same: ({ context }, { failure }: { failure: Failure }) => context.failure?.kind === failure.kind,
    passing: ({ context }, { failure }: { failure: Failure }) =>
      !LASTING.has(failure.kind) && context.others + 1 < TROUBLES_TO_CHANGE,
  },
  actions: {
    note: assign((_, { failure }: { failure: Failure }) => ({ failure, others: 0 })),
    countOther: assign({ others: ({ context }) => context.others + 1 }),
    raise: sendParent(
      ({ context: { concern: key, failure } }) =>
        ({
          type: 'incident.changed',
          raised: true,
          notification: { kind: 'incident', key, failure: failure ?? UNKNOWN },
        }) satisfies IncidentReport,
    ),
    end: sendParent(
      ({ context: { concern: key, inherited: shown } }) =>
        ({
          type: 'incident.changed',
          raised: false,
          notification: { kind: 'relief', key, shown },
        }) satisfies IncidentReport,
    ),
    forget: assign({ inherited: false }),
  },
  delays: { troubleAfter: ({ context }) => context.policy.troubleAfter },
}).createMachine({
  id: 'incident',
  description: 'What concerns all torrents: said once when it lasts, taken back once.',
  context: ({ input: { concern, policy, raised } }) => ({
    concern,
    policy,
    // What was said in an earlier life is not known any more: the next trouble says it anew, in place.
    failure: raised ? UNKNOWN : null,
    others: 0,
    inherited: raised,
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [{ guard: 'inherited', target: 'raised' }, { target: 'calm' }],
    },
    calm: {
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'lasting', params: ({ event }) => event },
            target: 'raised',
            actions: [{ type: 'note', params: ({ event }) => event }, 'raise'],
          },
          { target: 'suspected', actions: { type: 'note', params: ({ event }) => event } },
        ],
      },
    },
    suspected: {
      description: 'It may pass by itself.',
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'certain', params: ({ event }) => event },
            target: 'raised',
            actions: [{ type: 'note', params: ({ event }) => event }, 'raise'],
          },
          { actions: { type: 'note', params: ({ event }) => event } },
        ],
        'qbittorrent.recovered': 'calm',
      },
      after: { troubleAfter: { target: 'raised', actions: 'raise' } },
    },
    raised: {
      description: 'The phone has been told.',
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'same', params: ({ event }) => event },
            actions: { type: 'note', params: ({ event }) => event },
          },
          { guard: { type: 'passing', params: ({ event }) => event }, actions: 'countOther' },
          { actions: [{ type: 'note', params: ({ event }) => event }, 'raise'] },
        ],
        'qbittorrent.recovered': { target: 'calm', actions: ['end', 'forget'] },
      },
    },
  },
});
