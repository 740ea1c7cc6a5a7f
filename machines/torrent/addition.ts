import { isSent } from '../routing/routed.ts';
import { mayHaveCard } from './record.ts';
import type { Addition, TorrentContext } from './types.ts';

/** Milliseconds after the metadata within which an addition is announced, whether its size is known or not. */
const MAX_WAIT = 10_000;
/** Milliseconds for which a torrent with a name counts as new when it is found, and when it is first seen. */
const MAX_AGE = 5 * 60_000;
const MAX_UNSEEN = 60 * 60_000;

/** What the last observation means for the notification of an addition. */
export interface AdditionStep {
  addition: Addition;
  isDue: boolean;
}

const NOT_DUE: AdditionStep = { addition: { state: 'decided' }, isDue: false };
const NAMELESS: AdditionStep = { addition: { state: 'nameless' }, isDue: false };

/**
 * Decides once per torrent: when its name and size are known, or at the last poll within ten seconds after its metadata.
 * One that was requested before a restart is requested again: it has the same sequence ID.
 */
export function decideAddition(context: TorrentContext): AdditionStep {
  const { addition: before, seen, record, routing, rulesVersion, policy } = context;
  const { observation, at } = seen;
  if (before.state === 'decided' || rulesVersion === 0 || observation === null)
    return { addition: before, isDue: false };
  if (record.added === null && observation.phase === 'complete') return NOT_DUE;
  if (observation.name === null) return NAMELESS;
  if (before.state === 'unobserved' && isOld(context)) return NOT_DUE;
  const addition: Addition = before.state === 'named' ? before : { state: 'named', at };
  const isLate = Math.abs(at - addition.at) + policy.pollInterval > MAX_WAIT;
  if (!routing.isDecided || (observation.size === 0 && !isLate)) return { addition, isDue: false };
  return isSent(routing, 'added') ? { addition: { state: 'decided' }, isDue: true } : NOT_DUE;
}

/** One that has a card was seen before. One without metadata is new when these arrive, whenever it was added. */
function isOld({ record, seen: { observation, at } }: TorrentContext): boolean {
  if (record.added !== null || observation === null) return false;
  const { addedAt } = observation;
  const wasOldWhenFound = addedAt > 0 && record.since - addedAt * 1000 > MAX_AGE;
  return mayHaveCard(record) || wasOldWhenFound || at - record.since > MAX_UNSEEN;
}
