import type { Hash } from '../domain.ts';
import type { CardAnswer } from '../remote/types.ts';

/** A download in a summary. */
export interface SummaryLine {
  key: Hash;
  /** Untrusted, and cut; `null` while it is unknown. */
  name: string | null;
  /** Whole percent, at most 99. */
  percent: number;
}

/** The answer to a press of a button on a card that the summary has replaced. */
export interface SummaryAnswer extends CardAnswer {
  key: Hash;
  /** Untrusted, and cut; `null` if it is unknown. */
  name: string | null;
}

/** The notifications of summaries. */
export type SummaryContent =
  /** All downloads of a topic, while there are many: it replaces their progress cards. */
  | ({ kind: 'summary'; key: string } & SummaryFigures)
  /** Deletes the summary of a topic. */
  | { kind: 'summary-delete'; key: string };

/** What a summary shows, rounded as it is shown. */
export interface SummaryFigures {
  /** When it was composed, in milliseconds since 1970. */
  at: number;
  /** How many torrents download. */
  downloads: number;
  /** Whole percent of all bytes, at most 99. */
  percent: number;
  /** Bytes per second of all, rounded. */
  speed: number;
  /** Seconds until all are done, in whole minutes; `null` if unknown. */
  eta: number | null;
  /** Those that it names, the next to finish first. */
  lines: readonly SummaryLine[];
  /** Missing: no button was pressed lately. */
  answer?: SummaryAnswer;
}
