/** The scripts of simulated torrents: lists of steps. */

/**
 * One step. A step with `seconds` ends after that time; the last step never ends. `state` overrides the state in
 * qBittorrent (`forcedDL`, `missingFiles`, `unknown`, …).
 */
export type Step =
  | {
      phase: 'downloading';
      /** 0 to 1, default 1 */ to?: number;
      /** bytes/s */ rate?: number;
      state?: string;
    }
  | {
      phase:
        | 'resuming' // checkingResumeData: the first thing seen after an add
        | 'metadata'
        | 'queued'
        | 'stalled'
        | 'stopped'
        | 'checking' // its progress is the check's and starts at 0
        | 'moving'
        | 'failed'
        | 'complete'
        | 'removed';
      seconds?: number;
      state?: string;
    };

/** Ready-made scripts. */
export type Scenario =
  | 'smooth' // a .torrent file that downloads without interruption
  | 'magnet' // metadata first
  | 'mixed' // metadata, fast, stalled, slow, fast, moved, checked, complete
  | 'queued' // waits for its turn
  | 'stalled' // stalls at 42 %, permanently
  | 'noMetadata' // a magnet that never gets metadata
  | 'failing' // an error at 60 %, permanently
  | 'recovering' // the same, but it recovers
  | 'removed' // the user removes it at 50 %
  | 'instant'; // its data already exists

/** The steps of a scenario. `rate` is in bytes per second. */
export function scriptOf(scenario: Scenario, rate: number): Step[] {
  const resuming: Step = { phase: 'resuming', seconds: 0.2 };
  const complete: Step = { phase: 'complete' };
  const fetch = (to: number, factor = 1): Step => ({ phase: 'downloading', to, rate: rate * factor });
  // In the first second, a download has the state stalled although bytes arrive.
  const start: Step = { ...fetch(0.02), state: 'stalledDL' };
  const scripts: Record<Scenario, Step[]> = {
    smooth: [resuming, start, fetch(1), complete],
    magnet: [{ phase: 'metadata', seconds: 4 }, start, fetch(1), complete],
    mixed: [
      { phase: 'metadata', seconds: 4 },
      start,
      fetch(0.35),
      { phase: 'stalled', seconds: 8 },
      fetch(0.55, 0.4),
      fetch(1, 1.5),
      { phase: 'moving', seconds: 3 },
      { phase: 'checking', seconds: 4 },
      complete,
    ],
    queued: [resuming, { phase: 'queued', seconds: 15 }, start, fetch(1), complete],
    stalled: [resuming, start, fetch(0.42), { phase: 'stalled' }],
    noMetadata: [{ phase: 'metadata' }],
    failing: [resuming, start, fetch(0.6), { phase: 'failed' }],
    recovering: [resuming, start, fetch(0.6), { phase: 'failed', seconds: 12 }, fetch(1), complete],
    removed: [resuming, start, fetch(0.5), { phase: 'removed' }],
    instant: [resuming, { phase: 'checking', seconds: 1 }, complete],
  };
  return scripts[scenario];
}
