import type { Config } from '../config/index.ts';
import type { Failure } from '../../machines/types.ts';
import type { Logger } from '../log/index.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { readSlots } from '../qbittorrent/preferences.ts';
import { applyPlan } from './apply.ts';
import { obstacleTo } from './line.ts';
import { planInstall } from './plan.ts';
import type { Plan } from './plan.ts';
import { wantedOf } from './wanted.ts';

/** How qBittorrent's hooks were found, or left. `impossible`: no line can be made of the settings. */
export type Ensured =
  | { state: 'off' | 'present' | 'installed' | 'blocked' }
  | { state: 'impossible' | 'failed'; reason: string; failure?: Failure };

export interface EnsureOptions {
  /** With a session: it is called after each login. */
  connection: Connection;
  /** Where the hook API listens. */
  port: number;
  log: Logger;
}

/**
 * Makes what keeps the hooks in qBittorrent, for `AUTO_INSTALL_HOOK=true`: one read each time, a write only where one
 * is missing or calls elsewhere. A foreign command is never touched. What can't be helped is logged once. Never throws.
 *
 * @example
 * const ensureHook = createEnsureHook(config, { connection, port: hook.port, log });
 * await ensureHook(signal);
 */
export function createEnsureHook(config: Pick<Config, 'hook'>, { connection, port, log }: EnsureOptions) {
  let said = '';
  const sayOnce = (message: string, fields?: Record<string, unknown>) => {
    if (said !== message) log.warn(message, fields);
    said = message;
  };
  return async (signal?: AbortSignal): Promise<Ensured> => {
    if (!config.hook.autoInstall) return { state: 'off' };
    const wanted = wantedOf(config, port);
    const obstacle = wanted === null ? 'HOOK_PORT is not known' : obstacleTo(wanted);
    if (wanted === null || obstacle !== null) {
      sayOnce('the hook can not be installed', { reason: obstacle });
      return { state: 'impossible', reason: obstacle ?? '' };
    }
    const slots = await readSlots(connection, signal);
    const plan = slots.ok ? planInstall(slots.value, wanted, 'working') : null;
    const applied = plan === null ? slots : await applyPlan(connection, plan, signal);
    if (!applied.ok || plan === null) {
      const failure = applied.ok ? undefined : applied.failure;
      // The next login is the next try.
      sayOnce('could not see to the hook', { reason: failure?.message });
      return {
        state: 'failed',
        reason: failure?.message ?? '',
        ...(failure === undefined ? {} : { failure }),
      };
    }
    const written = namesOf(plan, 'write');
    if (written.length > 0) log.info('installed the hook in qBittorrent', { hooks: written });
    const blocked = namesOf(plan, 'blocked');
    if (blocked.length > 0)
      sayOnce('another command stands where the hook belongs: see `install-hook`', { hooks: blocked });
    else said = '';
    if (written.length > 0) return { state: 'installed' };
    return { state: blocked.length > 0 ? 'blocked' : 'present' };
  };
}

function namesOf(plan: Plan, action: Plan['added']['action']): string[] {
  return (['added', 'finished'] as const).filter((name) => plan[name].action === action);
}
