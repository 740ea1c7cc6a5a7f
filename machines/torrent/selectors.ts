import type { SnapshotFrom } from 'xstate';
import type { Observation, Phase } from '../domain.ts';
import type { Routing } from '../routing/types.ts';
import { isMember } from '../summary/board.ts';
import type { torrentMachine } from './machine.ts';

export type TorrentSnapshot = SnapshotFrom<typeof torrentMachine>;

/** As the last poll saw it; `null` before the first. */
export const selectObservation = ({ context }: TorrentSnapshot): Observation | null =>
  context.seen.observation;

/** What it is doing, as far as the polls have shown. */
export const selectPhase = ({ context }: TorrentSnapshot): Phase => context.seen.progress.phase;

/** What the rules say about it; `null` without rules, and before the first observation. */
export const selectRouting = ({ context }: TorrentSnapshot): Routing | null =>
  context.rulesVersion > 0 ? context.routing : null;

/** Whether the summary of its topic shows it in place of a card. */
export const selectIsSummarized = ({ context: { key, deps } }: TorrentSnapshot): boolean =>
  isMember(deps.summary, key);
