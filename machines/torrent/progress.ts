import type { Estimate, Observation, Phase, Told } from '../domain.ts';
import type { Policy } from '../policy.ts';

/** The share of the download that stands on a card: only a completion says 100. 0.29 * 100 is 28.999…, hence the nudge. */
export function percentOf(progress: number): number {
  return Math.min(99, Math.max(0, Math.floor(progress * 100 + 1e-9)));
}

/** What one observation adds to what is known of a torrent. */
export interface Progress {
  /** The highest percent seen, so that a card never goes backwards: a recheck runs from 0 again. */
  percent: number;
  /** As the bytes show it: what says that it is downloading is stalled when none arrive. */
  phase: Phase;
  /** As qBittorrent said it last. */
  progress: number;
  downloaded: number;
  eta: number | null;
  /** Since when it has been in this phase; stalled: since the last byte arrived. In milliseconds since 1970. */
  since: number;
  /** When the last byte arrived, or the wait for the first one began. */
  movedAt: number;
  /** Since when each look at arriving bytes has shown that the estimate on the card is wrong; `null`: it is right. */
  wrongSince: number | null;
  /** It is complete, and was checked since it received its last byte. */
  checked: boolean;
}

export const NOT_OBSERVED: Progress = {
  percent: 0,
  phase: 'unknown',
  progress: 0,
  downloaded: 0,
  eta: null,
  since: 0,
  movedAt: 0,
  wrongSince: null,
  checked: false,
};

/** Told as stalled before a restart: so it stays until bytes arrive, whatever a forced one is called. */
export const STALLED: Progress = {
  ...NOT_OBSERVED,
  phase: 'stalled',
  progress: 1,
  downloaded: Infinity,
  movedAt: -Infinity,
};

/** Phases in which bytes are expected. */
const EXPECTING: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/** @param shown what its card says, or will say soon */
export function observeProgress(
  before: Progress,
  { phase: said, progress, downloaded, eta }: Observation,
  at: number,
  { shown, policy }: { shown: Told | null; policy: Policy },
): Progress {
  const percent = said === 'checking' || said === 'unknown' ? 0 : percentOf(progress);
  const isNext = EXPECTING.has(said) && EXPECTING.has(before.phase);
  const moved = isNext && (downloaded > before.downloaded || progress > before.progress);
  // A clock that was set back begins the wait anew.
  const movedAt = isNext && !moved ? Math.min(before.movedAt, at) : at;
  // A forced torrent is called downloading whatever it gets.
  const phase = said === 'downloading' && at - movedAt >= policy.stall ? 'stalled' : said;
  const since = before.phase === phase ? Math.min(before.since, at) : at;
  const isWrong = moved ? misleads(shown?.estimate, eta, at) : before.wrongSince !== null;
  return {
    percent: Math.max(before.percent, percent),
    phase,
    progress,
    downloaded,
    eta,
    since: phase === 'stalled' ? movedAt : since,
    movedAt,
    wrongSince: isWrong ? Math.min(before.wrongSince ?? at, at) : null,
    checked:
      phase === 'complete' &&
      downloaded === before.downloaded &&
      (before.phase === 'checking' || before.checked),
  };
}

/** Seconds by which an estimate may be wrong, beside half of it. */
const MIN_ETA_ERROR_SECONDS = 30;

/** Whether the estimate on a card, counted down until now, is wrong by half or more. */
function misleads(estimate: Estimate | undefined, eta: number | null, at: number): boolean {
  if (estimate === undefined) return false;
  const { arrival } = estimate;
  if (arrival === null || eta === null) return arrival !== eta;
  const left = Math.max(0, (arrival - at) / 1000);
  return Math.max(left, eta) >= 2 * Math.min(left, eta) + MIN_ETA_ERROR_SECONDS;
}

/** Phases that begin a card. The others are silent until a download has begun: 1,000 magnets are not 1,000 cards. */
const FIRST_CARD_PHASES: ReadonlySet<Phase> = new Set(['downloading', 'stalled', 'failed']);

/**
 * What the card should say now, or `null` while it is right as it is: a percent that rose, a phase that lasts, or an
 * estimate that was wrong for a while. `stalled` is also what a healthy download shows for a tick, so it counts as
 * downloading until it lasts.
 */
export function nextCardState(sight: Progress, shown: Told | null, at: number, policy: Policy): Told | null {
  const lasting = lastingPhase(sight, shown, at, policy);
  if (shown === null)
    return lasting !== null && FIRST_CARD_PHASES.has(lasting) ? tell(sight, lasting, at) : null;
  const phase = lasting ?? shown.phase;
  const percent = Math.max(sight.percent, shown.percent);
  if (percent > shown.percent || phase !== shown.phase) return tell({ ...sight, percent }, phase, at);
  if (!isCorrectionDue(sight, shown, at, policy)) return null;
  return tell({ ...sight, percent }, phase, at, (shown.estimate?.corrections ?? 0) + 1);
}

function tell({ percent, eta }: Progress, phase: Phase, at: number, corrections = 0): Told {
  if (phase !== 'downloading') return { percent, phase };
  const arrival = eta === null ? null : at + eta * 1000;
  return { percent, phase, estimate: { arrival, at, corrections } };
}

function isCorrectionDue(
  { phase, eta, wrongSince }: Progress,
  { estimate }: Told,
  at: number,
  { correctionInterval }: Policy,
): boolean {
  if (phase !== 'downloading' || wrongSince === null || estimate === undefined) return false;
  // qBittorrent reckons by the mean speed of 45 s: what is over sooner is no news.
  if (at - wrongSince < correctionInterval) return false;
  // Whichever way the clock was set: the time on the card is wrong then.
  const isOld = Math.abs(at - estimate.at) >= correctionInterval * 2 ** estimate.corrections;
  return isOld && misleads(estimate, eta, at);
}

function lastingPhase(
  { phase, since }: Progress,
  shown: Told | null,
  at: number,
  policy: Policy,
): Phase | null {
  if (phase === 'downloading') return phase;
  if (phase === 'unknown' || phase === 'complete') return null;
  const lasted = at - since;
  if (phase === 'stalled') return lasted >= policy.stall ? phase : shown === null ? null : shown.phase;
  return lasted >= policy.settle ? phase : null;
}

const MILESTONES = [25, 50, 75];
const milestonesIn = (percent: number) => MILESTONES.filter((milestone) => percent >= milestone).length;

/** Whether a card says the same as the last one, but for a corrected estimate. */
export function isCorrection(told: Told | null, { percent, phase, estimate }: Told): boolean {
  return (estimate?.corrections ?? 0) > 0 && told?.percent === percent && told.phase === phase;
}

/** Whether a card that cannot be updated in place is worth a new message: one for each quarter passed. */
export function passesMilestone(told: Told | null, tell: Told): boolean {
  return milestonesIn(tell.percent) > milestonesIn(told?.percent ?? 0);
}
