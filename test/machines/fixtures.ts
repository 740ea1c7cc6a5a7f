import type { CompletionCards } from '../../machines/digest/types.ts';
import { createPolicy } from '../../machines/policy.ts';
import type { Policy } from '../../machines/policy.ts';
import { NO_RULES } from '../../machines/routing/rules.ts';
import { createShardOf, SALT_LENGTH } from '../../machines/shard/shard-of.ts';
import { createBoard } from '../../machines/summary/board.ts';
import type { SummaryBoard } from '../../machines/summary/board.ts';
import { mulberry32 } from '../mulberry32.ts';
import type { Hash, Observation, Phase, RequestedNotification, Result } from '../../machines/domain.ts';

/** The policy for the default settings, but with a fixed rate. */
export const policy: Policy = createPolicy({
  pollInterval: 5000,
  discoverInterval: null,
  installHook: false,
  maxTracked: 20_000,
  stalledAfter: 1_800_000,
  metadataAfter: 900_000,
  rate: 10,
  retryMax: 300_000,
  progress: 'auto',
  // What depends on digests sets it.
  digestFrom: null,
  summaryFrom: 8,
});

/** A board without downloads. */
export const createTestBoard = (over: Partial<Policy> = {}, now = () => 0): SummaryBoard =>
  createBoard({
    settings: { policy: { ...policy, ...over }, rules: NO_RULES },
    now,
    hasTorrents: () => true,
  });

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Assigns torrents to the same shards in each run. */
const random = mulberry32(1);
export const shardOf = createShardOf(Array.from({ length: SALT_LENGTH }, () => random() * 2 ** 32));

/** Each completion has its own card. */
export const OWN_CARDS: CompletionCards = { assign: () => 'own' };

/** The hash of torrent number `n`. */
export function hashOf(n: number): Hash {
  const digits = n.toString(16).padStart(8, '0');
  return `${digits.slice(-2)}${digits}`.padEnd(40, 'a');
}

/** An observation of a torrent: downloading, at 50 %. */
export function seen(over: Partial<Observation> = {}): Observation {
  return {
    hash: hashOf(1),
    v1: null,
    v2: null,
    name: 'debian.iso',
    phase: 'downloading',
    progress: 0.5,
    size: 1_000_000,
    speed: 1000,
    eta: 500,
    downloaded: 500_000,
    duration: 500,
    finishedAt: null,
    ratio: null,
    addedAt: 0,
    category: '',
    tags: [],
    tracker: null,
    path: null,
    private: null,
    ...over,
  };
}

/** The torrents that were added last, in qBittorrent's order. */
export const newestOf = (torrents: readonly Observation[], limit: number): Observation[] =>
  torrents.toSorted((one, other) => other.addedAt - one.addedAt).slice(0, limit);

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export function failure(
  kind: 'unreachable' | 'unauthorized' | 'banned' | 'broken' | 'protocol' | 'misdirected',
) {
  return { ok: false, failure: { kind, message: kind } } as const;
}

export function progressOf(key: Hash, percent: number, phase: Phase = 'downloading'): RequestedNotification {
  const torrent = seen({ hash: key, progress: percent / 100 });
  const id = `progress.${key}.${percent}.${phase}`;
  return { id, kind: 'progress', key, torrent, at: 0, card: { percent, phase }, shown: null };
}

export function completionOf(key: Hash): RequestedNotification {
  const torrent = seen({ hash: key, phase: 'complete', progress: 1 });
  return { id: `completion.${key}`, kind: 'completion', key, torrent, at: 0 };
}
