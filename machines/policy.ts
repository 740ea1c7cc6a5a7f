/** The numbers that the machines decide by. Times in milliseconds. */
export interface Policy {
  /** Between two polls while something downloads. */
  pollInterval: number;
  /** Between two polls while every torrent is queued, stopped or without metadata. */
  idleInterval: number;
  /** How long new torrents are collected before one poll asks for all of them. */
  gather: number;
  /** How long another phase than downloading lasts before the card shows it. */
  settle: number;
  /** How long nothing arrives before the card shows "stalled". */
  stall: number;
  /** How long an estimate is wrong before the card corrects it, while its percent stays the same. */
  correctionInterval: number;
  /** Between two requests for the newest torrents, which find those that no hook named; `null`: none are made. */
  discover: number | null;
  /** Torrents that are tracked at once, at most; those of the store are not dropped for it. */
  maxTracked: number;
  /** How long nothing arrives, or no metadata is found, before an alert is sent. */
  stalledAfter: number;
  metadataAfter: number;
  /** How long requests to qBittorrent may fail before an incident is sent. */
  troubleAfter: number;
  /** Messages a minute; `null` for no limit, `auto` for what the server allows. */
  rate: number | 'auto' | null;
  /** The longest pause between two attempts to reach a server. */
  retryMax: number;
  /** Whether the hooks are kept in qBittorrent. */
  installHook: boolean;
  /** `auto` finds out whether ntfy updates cards in place. */
  progress: 'auto' | 'live' | 'milestones';
}

/** What no setting changes. */
const FIXED = { idleInterval: 30_000, correctionInterval: 30_000, troubleAfter: 60_000 } as const;
const MAX_GATHER = 1000;
/** Polls that show another phase, or that no byte arrived, before the card shows that. */
const POLLS_TO_SETTLE = 2;
const POLLS_TO_STALL = 24;

/** What the settings decide. */
export type PolicySettings = Omit<Policy, keyof typeof FIXED | 'gather' | 'settle' | 'stall'>;

/** The policy for these settings, with the shipped numbers for everything else. */
export function createPolicy(settings: PolicySettings): Policy {
  const { pollInterval } = settings;
  return {
    ...FIXED,
    gather: Math.min(MAX_GATHER, pollInterval),
    settle: POLLS_TO_SETTLE * pollInterval,
    stall: POLLS_TO_STALL * pollInterval,
    ...settings,
  };
}
