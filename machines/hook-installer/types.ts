import type { Failure, Now, QbittorrentFailed } from '../domain.ts';
import type { Policy } from '../policy.ts';

export type HookInstallerEvent =
  | { type: 'session.ready' }
  | { type: 'session.lost' }
  /** A call had a wrong token: a hook line in qBittorrent may contain the token from before a rotation. */
  | { type: 'hook.refused' }
  /** A torrent ended: the hook lines are checked unless the last check was recent. */
  | { type: 'hook.check' };

/** What is installed in qBittorrent after a check. */
export interface HookCheck {
  /** `blocked`: another command is in the place of a hook line. `impossible`: the settings allow no hook line. */
  state: 'installed' | 'blocked' | 'impossible';
  /** Whether this check wrote a line. */
  written: boolean;
  /** Why a hook is missing, for people; `null` where none is. */
  reason: string | null;
}

/** What the hook installer reports to the supervisor: a rescan is needed, or a request failed. */
export type HookInstallerReport = { type: 'rescan'; why: 'refused' | 'installed' } | QbittorrentFailed;

export interface HookInstallerContext {
  policy: Policy;
  now: Now;
  check: HookCheck | null;
  /** Why the last check failed; `null` after a successful one. */
  failure: Failure | null;
  /** Failed checks in a row. */
  failures: number;
  /** A call was refused, and no scan has looked for its torrent yet. */
  suspect: boolean;
  /** When these were last, in milliseconds since 1970; `null`: never. */
  checkedAt: number | null;
  refusedAt: number | null;
  lostAt: number | null;
}
