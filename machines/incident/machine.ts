import { assign, sendParent, setup } from 'xstate';
import type { Concern, Failure, Notification, QbittorrentFailed } from '../domain.ts';
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
  notification: Extract<Notification, { kind: 'incident' | 'relief' }>;
}

/** Whether this ends an incident of qBittorrent; the store's all-clear does not. */
export const isAllClear = ({ kind, key }: Notification): boolean =>
  kind === 'relief' && key === 'qbittorrent';

interface IncidentContext {
  concern: Concern;
  policy: Policy;
  failure: Failure | null;
  /** Failures in a row whose kind is not the one on the card. */
  others: number;
  /** Raised before this process started: its card may be on the phone. */
  inherited: boolean;
}

const UNKNOWN: Failure = { kind: 'unreachable', message: 'no answer' };
/** Failures that do not end by themselves: reported immediately. */
const LASTING: ReadonlySet<Failure['kind']> = new Set(['unauthorized', 'banned']);

/**
 * Failures of another kind in a row after which the card is updated. Not the first one: a server can alternate between
 * two kinds of failure for hours.
 */
const TROUBLES_TO_CHANGE = 3;

/**
 * A problem that affects all torrents: one card when it lasts, one all-clear when it ends. A restart of qBittorrent that
 * takes seconds raises no incident.
 */
export const incidentMachine = setup({
  types: {
    context: {} as IncidentContext,
    events: {} as IncidentEvent,
    /** `raised`: its card is on the phone since before this process started. */
    input: {} as { concern: Concern; policy: Policy; raised: boolean },
  },
  guards: {
    inherited: ({ context }) => context.inherited,
    lasting: (_, { failure }: { failure: Failure }) => LASTING.has(failure.kind),
    /** A wrong address fails as misdirected each time, a restarting proxy only once. */
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
  description: 'A problem that affects all torrents: one card when it lasts, one all-clear when it ends.',
  context: ({ input: { concern, policy, raised } }) => ({
    concern,
    policy,
    // The failure on an inherited card is not stored: the next failure updates the card in place.
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
      description: 'A failure that may end by itself.',
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
      description: 'The card is on the phone.',
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
