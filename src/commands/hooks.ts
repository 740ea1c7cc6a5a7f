import type { Config } from '../config/index.ts';
import {
  applyPlan,
  chainInstructions,
  LABELS,
  obstacleTo,
  planInstall,
  planUninstall,
  desiredLine,
} from '../hooks/index.ts';
import type { Plan, DesiredLine } from '../hooks/index.ts';
import { createConnection } from '../qbittorrent/connection.ts';
import type { Connection } from '../qbittorrent/connection.ts';
import { login } from '../qbittorrent/login.ts';
import { readSlots } from '../qbittorrent/preferences.ts';
import type { SlotName, Slots } from '../qbittorrent/preferences.ts';
import { configOf } from './config.ts';
import { EXIT } from './exit.ts';
import { readHookOptions } from './hook-options.ts';
import type { HookOptions } from './hook-options.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const NAMES = ['added', 'finished'] as const;

/** Installs both hooks in qBittorrent and reads them back. Changes nothing when one of them is blocked. */
export async function installHook(
  given: HookOptions = {},
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const options = readHookOptions(given);
  if (!options.ok) {
    for (const line of options.message.split('\n')) terminal.err(line);
    return EXIT.usage;
  }
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const desired = desiredLine({ hook: { ...config.hook, ...options.changes } });
  const obstacle =
    desired === null
      ? 'HOOK_PORT is 0, so the address is unknown: set HOOK_PORT to a fixed port'
      : obstacleTo(desired);
  if (desired === null || obstacle !== null) {
    terminal.err(`Cannot install the hook: ${obstacle}.`);
    return EXIT.config;
  }
  const session = await openSession(config, terminal);
  if (session === null) return EXIT.failed;
  const plan = narrow(planInstall(session.slots, desired, 'exact'), options.only);
  const blocked = NAMES.filter((name) => plan[name].action === 'blocked');
  if (blocked.length > 0) return explainBlocked(blocked, session.slots, desired, terminal);
  return finish({ session, plan, terminal, describe: describeInstalled });
}

/** Removes the lines of the sidecar, and nothing else. */
export async function uninstallHook(terminal: Terminal = processTerminal()): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const session = await openSession(config, terminal);
  if (session === null) return EXIT.failed;
  return finish({ session, plan: planUninstall(session.slots), terminal, describe: describeUninstalled });
}

interface Session {
  connection: Connection;
  slots: Slots;
}

async function openSession({ qbittorrent }: Config, { err }: Terminal): Promise<Session | null> {
  const connection = createConnection(qbittorrent);
  const session = await login(connection, qbittorrent.auth);
  const slots = session.ok ? await readSlots(connection) : session;
  if (slots.ok) return { connection, slots: slots.value };
  err(`${slots.failure.message}. Run \`doctor\` for details.`);
  return null;
}

function narrow(plan: Plan, only: SlotName | null): Plan {
  const keep = (name: SlotName): Plan[SlotName] =>
    only === null || only === name ? plan[name] : { action: 'kept' };
  return only === null ? plan : { added: keep('added'), finished: keep('finished') };
}

interface Finish {
  session: Session;
  plan: Plan;
  terminal: Terminal;
  describe: (name: SlotName, plan: Plan[SlotName]) => string;
}

async function finish({ session, plan, terminal, describe }: Finish): Promise<number> {
  const applied = await applyPlan(session.connection, plan);
  if (!applied.ok) {
    terminal.err(`${applied.failure.message}.`);
    return EXIT.failed;
  }
  for (const name of NAMES) terminal.out(`${LABELS[name]}: ${describe(name, plan[name])}`);
  return EXIT.ok;
}

function describeInstalled(name: SlotName, plan: Plan[SlotName]): string {
  if (plan.action === 'write')
    return plan.was === 'empty' ? 'installed and verified.' : 'updated and verified.';
  if (plan.action === 'absent')
    return 'not available before qBittorrent 4.5. Set DISCOVER=60s to find new torrents without it.';
  return name === 'added' || plan.action === 'kept' ? 'not changed.' : '';
}

function describeUninstalled(_name: SlotName, plan: Plan[SlotName]): string {
  if (plan.action === 'write') return 'removed; the option is as it was before.';
  if (plan.action === 'absent') return 'not available before qBittorrent 4.5.';
  return plan.action === 'blocked' ? 'contains another command, which was not changed.' : 'is empty.';
}

function explainBlocked(blocked: SlotName[], slots: Slots, desired: DesiredLine, { err }: Terminal): number {
  for (const line of blocked.flatMap((name) => chainInstructions(name, desired))) err(line);
  const other = NAMES.find((name) => !blocked.includes(name) && slots[name] !== null);
  const hint = other === undefined ? '' : ` Run \`install-hook --only ${other}\` to install the other one.`;
  err(`Nothing was changed.${hint}`);
  return EXIT.failed;
}
