import type { SnapshotFrom } from 'xstate';
import { hasSummary } from './board.ts';
import type { summaryMachine } from './machine.ts';

/** A topic whose cards a summary replaces, without its name. */
export interface SummaryStatus {
  /** Whether a summary may be on the phone. */
  shown: boolean;
  /** How many torrents download. */
  downloads: number;
}

/** The topics that have a summary, or from which one has still to be deleted. */
export const selectSummaries = ({ context }: SnapshotFrom<typeof summaryMachine>): SummaryStatus[] =>
  [...context.board.topics.values()]
    .filter((topic) => hasSummary(topic) || topic.isStored)
    .map(({ isStored, members }) => ({ shown: isStored, downloads: members.size }));
