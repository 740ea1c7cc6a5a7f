import type { Observation, Phase, Policy, Told } from '../types.ts';

/** The share of the download that stands on a card: only a completion says 100. 0.29 * 100 is 28.999…, hence the nudge. */
export function percentOf(progress: number): number {
  return Math.min(99, Math.max(0, Math.floor(progress * 100 + 1e-9)));
}

/** What one observation adds to what is known of a torrent. */
export interface Sight {
  /** The highest percent seen, so that a card never goes backwards: a recheck runs from 0 again. */
  percent: number;
  phase: Phase;
  /** As it was said last: what rises while "stalled" is none. */
  progress: number;
  /** Since when it has been in this phase without moving on, in milliseconds since 1970. */
  since: number;
  /** Payload bytes received, as it was said last. */
  downloaded: number;
  /** It is complete, and was checked since it received its last byte. */
  checked: boolean;
}

export const UNSEEN: Sight = {
  percent: 0,
  phase: 'unknown',
  progress: 0,
  since: 0,
  downloaded: 0,
  checked: false,
};

export function see(before: Sight, { phase, progress, downloaded }: Observation, at: number): Sight {
  const percent = phase === 'checking' || phase === 'unknown' ? 0 : percentOf(progress);
  const goesOn = phase === 'stalled' && progress > before.progress;
  return {
    percent: Math.max(before.percent, percent),
    phase,
    progress,
    // A clock that was set back begins the wait anew.
    since: before.phase === phase && !goesOn ? Math.min(before.since, at) : at,
    downloaded,
    checked:
      phase === 'complete' &&
      downloaded === before.downloaded &&
      (before.phase === 'checking' || before.checked),
  };
}

/** Phases that begin a card. The others are silent until a download has begun: 1,000 magnets are not 1,000 cards. */
const BEGINS: ReadonlySet<Phase> = new Set(['downloading', 'stalled', 'failed']);

/**
 * What the card should say now, or `null` while it is right as it is: a percent that rose, or a phase that lasts.
 * `stalled` is also what a healthy download shows for a tick, so it counts as downloading until it lasts.
 */
export function worthTelling(sight: Sight, shown: Told | null, at: number, policy: Policy): Told | null {
  const { percent } = sight;
  const phase = lastingPhase(sight, shown, at, policy);
  if (shown === null) return phase !== null && BEGINS.has(phase) ? { percent, phase } : null;
  if (percent <= shown.percent && (phase === null || phase === shown.phase)) return null;
  return { percent: Math.max(percent, shown.percent), phase: phase ?? shown.phase };
}

function lastingPhase({ phase, since }: Sight, shown: Told | null, at: number, policy: Policy): Phase | null {
  if (phase === 'downloading') return phase;
  if (phase === 'unknown' || phase === 'complete') return null;
  const lasted = at - since;
  if (phase === 'stalled') return lasted >= policy.stall ? phase : shown === null ? null : shown.phase;
  return lasted >= policy.settle ? phase : null;
}

const MILESTONES = [25, 50, 75];
const milestonesIn = (percent: number) => MILESTONES.filter((milestone) => percent >= milestone).length;

/** Whether a card that cannot be updated in place is worth a new message: one for each quarter passed. */
export function passesMilestone(told: Told | null, tell: Told): boolean {
  return milestonesIn(tell.percent) > milestonesIn(told?.percent ?? 0);
}
