import type { Failure, Now, Policy, QbittorrentFailed } from '../domain.ts';

export type HookInstallerEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  /** A call showed a wrong token: a line in qBittorrent may hold the token of before a rotation. */
  | { type: 'hook.refused' }
  /** Something happened after which the lines are worth a look, if the last one was long ago. */
  | { type: 'hook.check' };

/** What stands in qBittorrent after a check. */
export interface HookCheck {
  /** `blocked`: a foreign command stands where a line belongs. `impossible`: no line can be made of the settings. */
  state: 'installed' | 'blocked' | 'impossible';
  /** Whether a line was written just now. */
  written: boolean;
  /** Why a hook is missing, for people; `null` where none is. */
  reason: string | null;
}

/** What the hook installer reports to the supervisor: that hooks may have been missed, and that a session is lost. */
export type HookInstallerReport = { type: 'rescan'; why: 'refused' | 'installed' } | QbittorrentFailed;

export interface HookInstallerContext {
  policy: Policy;
  now: Now;
  check: HookCheck | null;
  /** Why the last check failed; `null` after a good one. */
  failure: Failure | null;
  /** Checks in a row that failed. */
  failures: number;
  /** A call was refused, and its torrent has not been looked for. */
  suspect: boolean;
  /** When these were last, in milliseconds since 1970; `null`: never. */
  checkedAt: number | null;
  refusedAt: number | null;
  lostAt: number | null;
}
