import type { HookCheck } from '../../machines/hook-installer/types.ts';
import { NO_ANSWER } from '../../machines/domain.ts';
import type { Failure, Result } from '../../machines/domain.ts';
import type { Config } from '../config/index.ts';
import type { Logger } from '../log/index.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { readSlots } from '../qbittorrent/preferences.ts';
import type { SlotName } from '../qbittorrent/preferences.ts';
import { applyPlan } from './apply.ts';
import { LABELS } from './chain.ts';
import { obstacleTo } from './line.ts';
import { planInstall } from './plan.ts';
import type { Plan } from './plan.ts';
import { desiredLine } from './desired.ts';

export interface EnsureOptions {
  /** A connection with a session. */
  connection: Connection;
  /** The port of the hook API; 0 while it is unknown. */
  port: () => number;
  log: Logger;
}

/**
 * Creates the check that installs the hooks in qBittorrent, for `AUTO_INSTALL_HOOK=true`: one read per check, and a write
 * only when a hook is missing or wrong. Other commands are never changed. Each problem is logged once. Never rejects.
 *
 * @example
 * const ensureHook = createEnsureHook(config, { connection, port: () => hook.port, log });
 * await ensureHook(signal);
 */
export function createEnsureHook(config: Pick<Config, 'hook'>, { connection, port, log }: EnsureOptions) {
  const logs = createLogs(log);
  return async (signal?: AbortSignal): Promise<Result<HookCheck>> => {
    const desired = desiredLine(config, port());
    const obstacle = desired === null ? 'the port of the hook API is unknown' : obstacleTo(desired);
    if (desired === null || obstacle !== null) {
      logs.warn('cannot install the hook', { reason: obstacle });
      return { ok: true, value: { state: 'impossible', written: false, reason: obstacle } };
    }
    const slots = await readSlots(connection, signal);
    const plan = slots.ok ? planInstall(slots.value, desired, 'working') : null;
    const applied = plan === null ? slots : await applyPlan(connection, plan, signal);
    if (plan !== null && applied.ok) {
      logs.planned(plan);
      return { ok: true, value: checkOf(plan) };
    }
    const { failure } = applied.ok ? { failure: NO_ANSWER } : applied;
    // An aborted check has no result.
    if (signal?.aborted !== true) logs.failed(failure);
    return { ok: false, failure };
  };
}

/** Logs a problem once, until it changes or ends. */
function createLogs(log: Logger) {
  let logged = '';
  const warn = (message: string, fields: Record<string, unknown>) => {
    if (logged !== message) log.warn(message, fields);
    logged = message;
  };
  let wasUnauthorized = false;
  return {
    warn,
    failed({ kind, message }: Failure) {
      const isUnauthorized = kind === 'unauthorized';
      // An expired session is logged with the new login.
      if (!isUnauthorized || wasUnauthorized)
        warn('could not check the hook, retrying', { reason: kind, detail: message });
      wasUnauthorized = isUnauthorized;
    },
    planned(plan: Plan) {
      wasUnauthorized = false;
      const [written, blocked] = [namesOf(plan, 'write'), namesOf(plan, 'blocked')];
      if (written.length > 0) log.info('installed the hook in qBittorrent', { hooks: written });
      if (blocked.length > 0)
        warn('another command is set in place of the hook: run `install-hook` for instructions', {
          hooks: blocked,
        });
      else logged = '';
    },
  };
}

function checkOf(plan: Plan): HookCheck {
  const blocked = namesOf(plan, 'blocked');
  const written = namesOf(plan, 'write').length > 0;
  if (blocked.length === 0) return { state: 'installed', written, reason: null };
  const slots = blocked.map((name) => `"${LABELS[name]}"`).join(' and ');
  return {
    state: 'blocked',
    written,
    reason: `another command is set in ${slots}: run install-hook for instructions`,
  };
}

function namesOf(plan: Plan, action: Plan['added']['action']): SlotName[] {
  return (['added', 'finished'] as const).filter((name) => plan[name].action === action);
}
