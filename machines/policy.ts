/** How progress is shown. */
export const PROGRESS_MODES = ['auto', 'cards', 'summary', 'milestones', 'none'] as const;

/**
 * - `auto`: as cards, or as a summary while many torrents download, where ntfy updates cards in place; else as milestones
 * - `cards`: one card per torrent
 * - `summary`: one card that lists all torrents that download
 * - `milestones`: a message at each quarter
 * - `none`: not at all
 */
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** Intervals, limits and thresholds of the machines. Times in milliseconds. */
export interface Policy {
  /** Between two polls while something downloads. */
  pollInterval: number;
  /** Between two polls while every torrent is queued, stopped or without metadata. */
  idleInterval: number;
  /** How long new torrents are collected before one poll requests all of them. */
  gatherTime: number;
  /** How long a phase other than downloading lasts before the card shows it. */
  settleTime: number;
  /** How long no data arrives before the card shows "stalled". */
  stallTime: number;
  /** How long an estimate is wrong before the card is corrected although its percent is unchanged. */
  correctionInterval: number;
  /** Between two requests for the newest torrents, which find those without a hook; `null`: none. */
  discoverInterval: number | null;
  /** Maximum number of tracked torrents; stored ones are never dropped because of it. */
  maxTracked: number;
  /** How long no data or no metadata arrives before an alert is sent. */
  stalledAfter: number;
  metadataAfter: number;
  /** How long requests to qBittorrent may fail before an incident is sent. */
  incidentAfter: number;
  /** Messages a minute; `null` for no limit, `auto` for what the server allows. */
  rate: number | 'auto' | null;
  /** Maximum pause between two attempts to reach a server. */
  retryMax: number;
  /** Whether the hooks are installed in qBittorrent. */
  installHook: boolean;
  progress: ProgressMode;
  /** From how many on completions and alerts are grouped in a digest; `null`: never. */
  digestFrom: number | null;
  /** While more than this many torrents download, a summary replaces their cards; `null`: never. */
  summaryFrom: number | null;
}

/** Values without a setting. */
const FIXED_POLICY = { idleInterval: 30_000, correctionInterval: 30_000, incidentAfter: 60_000 } as const;
const MAX_GATHER = 1000;
/** Polls that show another phase, or that no byte arrived, before the card shows that. */
const POLLS_TO_SETTLE = 2;
const POLLS_TO_STALL = 24;

/** Values that come from settings. */
export type PolicySettings = Omit<
  Policy,
  keyof typeof FIXED_POLICY | 'gatherTime' | 'settleTime' | 'stallTime'
>;

/** The policy for these settings, with the shipped numbers for everything else. */
export function createPolicy(settings: PolicySettings): Policy {
  const { pollInterval } = settings;
  return {
    ...FIXED_POLICY,
    gatherTime: Math.min(MAX_GATHER, pollInterval),
    settleTime: POLLS_TO_SETTLE * pollInterval,
    stallTime: POLLS_TO_STALL * pollInterval,
    ...settings,
  };
}
