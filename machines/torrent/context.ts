import { STALLED, NOT_OBSERVED } from './progress.ts';
import type { TorrentContext, TorrentInput } from './types.ts';
import { DEFAULT_COMPLETION } from '../domain.ts';
import type { TorrentRecord } from '../domain.ts';
import type { Policy } from '../policy.ts';
import { UNDECIDED_ROUTING } from '../routing/routed.ts';
import type { Rules } from '../routing/rules.ts';
import { inMode } from '../routing/topic-policy.ts';
import { DEFAULT_ROUTING, DEFAULT_SEND } from '../routing/types.ts';
import type { Routing, SendKind } from '../routing/types.ts';

const NOTHING_SENT: ReadonlySet<SendKind> = new Set();

/** One object for all torrents that are in this situation: thousands are tracked. */
const NO_ANSWERS: TorrentContext['answers'] = Object.freeze({ progress: null, alert: null });
const UNOBSERVED: TorrentContext['addition'] = Object.freeze({ state: 'unobserved' });
const DECIDED: TorrentContext['addition'] = Object.freeze({ state: 'decided' });

/** What the rules said before a restart, until the next observation. */
function initialRouting({ route, rule, excluded }: TorrentRecord, policy: Policy, rules: Rules): Routing {
  if (rules.version() === 0) return inMode(DEFAULT_ROUTING, policy, rules);
  return { ...UNDECIDED_ROUTING, route, rule, send: excluded ? NOTHING_SENT : DEFAULT_SEND };
}

/** In place of the version of the rules: they have to decide, for the first time or again. */
export const MATCH_DUE = -1;

/**
 * The initial context, from the record. With a twentieth field it would take 0.85 KB more for each torrent: XState copies it
 * by `Object.assign`, and V8 makes a dictionary of such a copy.
 */
export const createContext = ({ record, policy, deps, ready }: TorrentInput): TorrentContext => ({
  key: record.key,
  policy,
  deps,
  record,
  ready,
  seen: {
    observation: record.finished,
    progress: {
      ...(record.alert === 'stalled' ? STALLED : NOT_OBSERVED),
      percent: Math.max(record.highest, record.shown?.percent ?? 0),
    },
    at: 0,
    completion: DEFAULT_COMPLETION,
    complete: 0,
  },
  finishedSince: record.finishHookAt,
  mayHaveCard: record.card,
  requestedCard: record.shown,
  alert: record.alert,
  isAlertUnsent: record.alert !== null && record.alert !== 'crashing' && !record.alertShown,
  pending: null,
  misses: 0,
  quiet: record.quiet,
  routing: initialRouting(record, policy, deps.rules),
  rulesVersion: MATCH_DUE,
  moving: record.moving,
  answers: NO_ANSWERS,
  addition: record.added?.done === true ? DECIDED : UNOBSERVED,
});

/** The change of the context of a torrent whose card is to be deleted. */
export const NO_CARD = { moving: false, mayHaveCard: false, requestedCard: null, pending: null } as const;
