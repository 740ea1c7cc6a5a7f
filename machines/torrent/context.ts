import { STALLED, NOT_OBSERVED } from './progress.ts';
import type { TorrentContext, TorrentInput } from './types.ts';
import { DEFAULT_COMPLETION } from '../domain.ts';

/** The initial context, from the record. */
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
  },
  finishedSince: record.finishHookAt,
  mayHaveCard: record.card,
  requestedCard: record.shown,
  alert: record.alert,
  pending: null,
  misses: 0,
  quiet: record.quiet,
});
