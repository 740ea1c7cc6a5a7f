import type { Estimate, Observation, Phase, CardState } from '../domain.ts';
import type { Policy } from '../policy.ts';

/** The percent on a card, at most 99: 100 is the completion. 0.29 * 100 is 28.999…, hence the small addition. */
export function percentOf(progress: number): number {
  return Math.min(99, Math.max(0, Math.floor(progress * 100 + 1e-9)));
}

/** What the observations of a torrent have shown until now. */
export interface Progress {
  /** The highest percent, so that a card never goes backwards: a recheck starts at 0 again. */
  percent: number;
  /** A torrent that qBittorrent reports as downloading is `stalled` when no bytes arrive. */
  phase: Phase;
  /** As qBittorrent reported it last. */
  progress: number;
  downloaded: number;
  eta: number | null;
  /** Since when it has been in this phase; stalled: since the last byte arrived. In milliseconds since 1970. */
  since: number;
  /** When the last byte arrived, or the wait for the first one began. */
  movedAt: number;
  /** Since when each poll with new bytes has shown that the estimate on the card is wrong; `null`: it is right. */
  wrongSince: number | null;
  /** It is complete, and was checked after it received its last byte. */
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

/** Its card showed "stalled" before a restart: it stays stalled until bytes arrive, also if it is forced. */
export const STALLED: Progress = {
  ...NOT_OBSERVED,
  phase: 'stalled',
  progress: 1,
  downloaded: Infinity,
  movedAt: -Infinity,
};

/** Phases in which bytes are expected. */
const RECEIVING_PHASES: ReadonlySet<Phase> = new Set(['downloading', 'stalled']);

/** @param shown what its card shows, or will show soon */
export function observeProgress(
  before: Progress,
  { phase: reported, progress, downloaded, eta }: Observation,
  at: number,
  { shown, policy }: { shown: CardState | null; policy: Policy },
): Progress {
  const percent = reported === 'checking' || reported === 'unknown' ? 0 : percentOf(progress);
  const isNext = RECEIVING_PHASES.has(reported) && RECEIVING_PHASES.has(before.phase);
  const moved = isNext && (downloaded > before.downloaded || progress > before.progress);
  // If the clock was set back, the wait starts again.
  const movedAt = isNext && !moved ? Math.min(before.movedAt, at) : at;
  // qBittorrent reports a forced torrent as downloading even if it receives nothing.
  const phase = reported === 'downloading' && at - movedAt >= policy.stallTime ? 'stalled' : reported;
  const since = before.phase === phase ? Math.min(before.since, at) : at;
  const isWrong = moved ? isEstimateWrong(shown?.estimate, eta, at) : before.wrongSince !== null;
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
function isEstimateWrong(estimate: Estimate | undefined, eta: number | null, at: number): boolean {
  if (estimate === undefined) return false;
  const { arrival } = estimate;
  if (arrival === null || eta === null) return arrival !== eta;
  const left = Math.max(0, (arrival - at) / 1000);
  return Math.max(left, eta) >= 2 * Math.min(left, eta) + MIN_ETA_ERROR_SECONDS;
}

/** Phases that cause a first card. The others do not before a download has begun: 1,000 magnets are not 1,000 cards. */
const FIRST_CARD_PHASES: ReadonlySet<Phase> = new Set(['downloading', 'stalled', 'failed']);

/**
 * The next state of the card; `null` while it is up to date. A higher percent, a phase that lasts, or an estimate that
 * was wrong for a while cause an update. A healthy download is `stalled` in single polls, so it counts as downloading
 * until that lasts.
 */
export function nextCardState(
  progress: Progress,
  shown: CardState | null,
  at: number,
  policy: Policy,
): CardState | null {
  const lasting = lastingPhase(progress, shown, at, policy);
  if (shown === null)
    return lasting !== null && FIRST_CARD_PHASES.has(lasting) ? cardStateOf(progress, lasting, at) : null;
  const phase = lasting ?? shown.phase;
  const percent = Math.max(progress.percent, shown.percent);
  if (percent > shown.percent || phase !== shown.phase)
    return cardStateOf({ ...progress, percent }, phase, at);
  if (!isCorrectionDue(progress, shown, at, policy)) return null;
  return cardStateOf({ ...progress, percent }, phase, at, (shown.estimate?.corrections ?? 0) + 1);
}

/**
 * The update of a card of an earlier run of the process, which ended before it was stored what the card shows: in any
 * phase that lasts, as it would stay as it is. `null`: not yet.
 */
export function unknownCardState(progress: Progress, at: number, policy: Policy): CardState | null {
  const lasting = lastingPhase(progress, null, at, policy);
  return lasting === null ? null : cardStateOf(progress, lasting, at);
}

/** The card of a torrent that moves to another topic, whatever it does; `null` while nothing is known of it. */
export function movedCardState(
  progress: Progress,
  shown: CardState | null,
  at: number,
  policy: Policy,
): CardState | null {
  if (progress.phase === 'unknown' || progress.phase === 'complete') return null;
  const phase = lastingPhase(progress, shown, at, policy) ?? shown?.phase ?? progress.phase;
  return cardStateOf({ ...progress, percent: Math.max(progress.percent, shown?.percent ?? 0) }, phase, at);
}

function cardStateOf({ percent, eta }: Progress, phase: Phase, at: number, corrections = 0): CardState {
  if (phase !== 'downloading') return { percent, phase };
  const arrival = eta === null ? null : at + eta * 1000;
  return { percent, phase, estimate: { arrival, at, corrections } };
}

function isCorrectionDue(
  { phase, eta, wrongSince }: Progress,
  { estimate }: CardState,
  at: number,
  { correctionInterval }: Policy,
): boolean {
  if (phase !== 'downloading' || wrongSince === null || estimate === undefined) return false;
  // qBittorrent computes the ETA from the mean speed of 45 s: shorter changes are ignored.
  if (at - wrongSince < correctionInterval) return false;
  // In both directions: if the clock was set, the time on the card is wrong.
  const isOld = Math.abs(at - estimate.at) >= correctionInterval * 2 ** estimate.corrections;
  return isOld && isEstimateWrong(estimate, eta, at);
}

function lastingPhase(
  { phase, since }: Progress,
  shown: CardState | null,
  at: number,
  policy: Policy,
): Phase | null {
  if (phase === 'downloading') return phase;
  if (phase === 'unknown' || phase === 'complete') return null;
  const lasted = at - since;
  if (phase === 'stalled') return lasted >= policy.stallTime ? phase : shown === null ? null : shown.phase;
  return lasted >= policy.settleTime ? phase : null;
}

const MILESTONES = [25, 50, 75];
const milestonesIn = (percent: number) => MILESTONES.filter((milestone) => percent >= milestone).length;

/** Whether a card differs from the shown one only by its estimate. */
export function isCorrection(shown: CardState | null, { percent, phase, estimate }: CardState): boolean {
  return (estimate?.corrections ?? 0) > 0 && shown?.percent === percent && shown.phase === phase;
}

/** Whether a card that cannot be updated in place is worth a new message: one for each quarter passed. */
export function passesMilestone(shown: CardState | null, next: CardState): boolean {
  return milestonesIn(next.percent) > milestonesIn(shown?.percent ?? 0);
}
