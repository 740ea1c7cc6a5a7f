import { STALLED, NOT_OBSERVED } from './progress.ts';
import type { TorrentContext, TorrentInput } from './types.ts';
import { DEFAULT_COMPLETION } from '../domain.ts';

/** What a torrent begins with: what its record says. */
export const createContext = ({ record, policy, deps, ready }: TorrentInput): TorrentContext => ({
  key: record.key,
  policy,
  deps,
  record,
  ready,
  seen: {
    observation: record.finished,
    sight: {
      ...(record.alert === 'stalled' ? STALLED : NOT_OBSERVED),
      percent: Math.max(record.highest, record.told?.percent ?? 0),
    },
    at: 0,
    completion: DEFAULT_COMPLETION,
  },
  finishedSince: record.finishHookAt,
  card: record.card,
  offered: record.told,
  alert: record.alert,
  pending: null,
  misses: 0,
  quiet: record.quiet,
});
