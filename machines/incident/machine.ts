import { assign, sendParent, setup } from 'xstate';
import type { IncidentSource, Failure, Notification, QbittorrentFailed } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type IncidentEvent = QbittorrentFailed | { type: 'qbittorrent.recovered' };

/** A scan that fails is repeated, while logins and polls show whether qBittorrent answers. */
const OUTAGE_REQUESTS: ReadonlySet<QbittorrentFailed['during']> = new Set(['login', 'poll', 'newest']);

/** Whether failures of this request are an outage, which becomes an incident when it lasts. */
export const isOutage = (during: QbittorrentFailed['during']): boolean => OUTAGE_REQUESTS.has(during);

/** What an incident reports to the supervisor. `raised`: its card is on the phone from now on. */
export interface IncidentReport {
  type: 'incident.changed';
  raised: boolean;
  notification: Extract<Notification, { kind: 'incident' | 'incident-resolved' }>;
}

/** Whether this ends an incident of qBittorrent; the store's all-clear does not. */
export const isAllClear = ({ kind, key }: Notification): boolean =>
  kind === 'incident-resolved' && key === 'qbittorrent';

interface IncidentContext {
  source: IncidentSource;
  policy: Policy;
  failure: Failure | null;
  /** Failures in a row whose kind is not the one on the card. */
  others: number;
  /** Raised before this process started: its card may be on the phone. */
  inherited: boolean;
}

const UNKNOWN: Failure = { kind: 'unreachable', message: 'no answer' };
/** Failures that do not end by themselves are reported immediately. */
const LASTING_KINDS: ReadonlySet<Failure['kind']> = new Set(['unauthorized', 'banned']);

/**
 * Failures of another kind in a row after which the card is updated. Not the first one: a server can alternate between
 * two kinds of failure for hours.
 */
const FAILURES_TO_CHANGE = 3;

/**
 * A problem that affects all torrents: one card when it lasts, one all-clear when it ends. A restart of qBittorrent that
 * takes seconds raises no incident.
 */
export const incidentMachine = setup({
  types: {
    context: {} as IncidentContext,
    events: {} as IncidentEvent,
    /** `raised`: its card is on the phone since before this process started. */
    input: {} as { source: IncidentSource; policy: Policy; raised: boolean },
  },
  guards: {
    inherited: ({ context }) => context.inherited,
    lasting: (_, { failure }: { failure: Failure }) => LASTING_KINDS.has(failure.kind),
    /** A wrong address fails as misdirected each time, a restarting proxy only once. */
    certain: ({ context }, { failure: { kind } }: { failure: Failure }) =>
      LASTING_KINDS.has(kind) || (kind === 'misdirected' && context.failure?.kind === kind),
    same: ({ context }, { failure }: { failure: Failure }) => context.failure?.kind === failure.kind,
    passing: ({ context }, { failure }: { failure: Failure }) =>
      !LASTING_KINDS.has(failure.kind) && context.others + 1 < FAILURES_TO_CHANGE,
  },
  actions: {
    recordFailure: assign((_, { failure }: { failure: Failure }) => ({ failure, others: 0 })),
    countOther: assign({ others: ({ context }) => context.others + 1 }),
    raise: sendParent(
      ({ context: { source: key, failure } }) =>
        ({
          type: 'incident.changed',
          raised: true,
          notification: { kind: 'incident', key, failure: failure ?? UNKNOWN },
        }) satisfies IncidentReport,
    ),
    end: sendParent(
      ({ context: { source: key, inherited: shown } }) =>
        ({
          type: 'incident.changed',
          raised: false,
          notification: { kind: 'incident-resolved', key, shown },
        }) satisfies IncidentReport,
    ),
    clearInherited: assign({ inherited: false }),
  },
  delays: { troubleAfter: ({ context }) => context.policy.incidentAfter },
}).createMachine({
  id: 'incident',
  description: 'A problem that affects all torrents: one card when it lasts, one all-clear when it ends.',
  context: ({ input: { source, policy, raised } }) => ({
    source,
    policy,
    // The failure on an inherited card is not stored: the next failure updates the card in place.
    failure: raised ? UNKNOWN : null,
    others: 0,
    inherited: raised,
  }),
  initial: 'starting',
  states: {
    starting: {
      always: [{ guard: 'inherited', target: 'raised' }, { target: 'healthy' }],
    },
    healthy: {
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'lasting', params: ({ event }) => event },
            target: 'raised',
            actions: [{ type: 'recordFailure', params: ({ event }) => event }, 'raise'],
          },
          { target: 'suspected', actions: { type: 'recordFailure', params: ({ event }) => event } },
        ],
      },
    },
    suspected: {
      description: 'A failure that may end by itself.',
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'certain', params: ({ event }) => event },
            target: 'raised',
            actions: [{ type: 'recordFailure', params: ({ event }) => event }, 'raise'],
          },
          { actions: { type: 'recordFailure', params: ({ event }) => event } },
        ],
        'qbittorrent.recovered': 'healthy',
      },
      after: { troubleAfter: { target: 'raised', actions: 'raise' } },
    },
    raised: {
      description: 'The card is on the phone.',
      on: {
        'qbittorrent.failed': [
          {
            guard: { type: 'same', params: ({ event }) => event },
            actions: { type: 'recordFailure', params: ({ event }) => event },
          },
          { guard: { type: 'passing', params: ({ event }) => event }, actions: 'countOther' },
          { actions: [{ type: 'recordFailure', params: ({ event }) => event }, 'raise'] },
        ],
        'qbittorrent.recovered': { target: 'healthy', actions: ['end', 'clearInherited'] },
      },
    },
  },
});
