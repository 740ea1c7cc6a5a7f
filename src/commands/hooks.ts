import type { Config } from '../config/index.ts';
import {
  applyPlan,
  howToChain,
  LABELS,
  obstacleTo,
  planInstall,
  planUninstall,
  wantedOf,
} from '../hooks/index.ts';
import type { Plan, Wanted } from '../hooks/index.ts';
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

/** Enters both hooks in qBittorrent and asks it whether they stand there. Nothing is changed where one is blocked. */
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
  const wanted = wantedOf({ hook: { ...config.hook, ...options.changes } });
  const obstacle =
    wanted === null ? 'HOOK_PORT is 0, so there is no address to enter: set a port' : obstacleTo(wanted);
  if (wanted === null || obstacle !== null) {
    terminal.err(`The hook can not be installed: ${obstacle}.`);
    return EXIT.config;
  }
  const session = await openSession(config, terminal);
  if (session === null) return EXIT.failed;
  const plan = narrow(planInstall(session.slots, wanted, 'exact'), options.only);
  const blocked = NAMES.filter((name) => plan[name].action === 'blocked');
  if (blocked.length > 0) return explainBlocked(blocked, session.slots, wanted, terminal);
  return finish({ session, plan, terminal, say: sayInstalled });
}

/** Takes lines of ours out, and leaves everything else. */
export async function uninstallHook(terminal: Terminal = processTerminal()): Promise<number> {
  const config = configOf(terminal);
  if (config === null) return EXIT.config;
  const session = await openSession(config, terminal);
  if (session === null) return EXIT.failed;
  return finish({ session, plan: planUninstall(session.slots), terminal, say: sayUninstalled });
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
  err(`${slots.failure.message}. \`doctor\` says more.`);
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
  say: (name: SlotName, plan: Plan[SlotName]) => string;
}

async function finish({ session, plan, terminal, say }: Finish): Promise<number> {
  const applied = await applyPlan(session.connection, plan);
  if (!applied.ok) {
    terminal.err(`${applied.failure.message}.`);
    return EXIT.failed;
  }
  for (const name of NAMES) terminal.out(`${LABELS[name]}: ${say(name, plan[name])}`);
  return EXIT.ok;
}

function sayInstalled(name: SlotName, plan: Plan[SlotName]): string {
  if (plan.action === 'write')
    return plan.was === 'empty'
      ? 'installed, and qBittorrent has it.'
      : 'brought up to date, and qBittorrent has it.';
  if (plan.action === 'absent')
    return 'this qBittorrent is older than 4.5 and has none. Set DISCOVER=60s, and new torrents are found without it.';
  return name === 'added' || plan.action === 'kept' ? 'left as it is.' : '';
}

function sayUninstalled(_name: SlotName, plan: Plan[SlotName]): string {
  if (plan.action === 'write') return 'taken out, and left as it was before.';
  if (plan.action === 'absent') return 'this qBittorrent is older than 4.5 and has none.';
  return plan.action === 'blocked'
    ? 'a command of yours stands there, which stays.'
    : 'nothing stands there.';
}

function explainBlocked(blocked: SlotName[], slots: Slots, wanted: Wanted, { err }: Terminal): number {
  for (const line of blocked.flatMap((name) => howToChain(name, wanted))) err(line);
  const other = NAMES.find((name) => !blocked.includes(name) && slots[name] !== null);
  const hint = other === undefined ? '' : ` \`install-hook --only ${other}\` installs the other one.`;
  err(`Nothing was changed.${hint}`);
  return EXIT.failed;
}
