/** What a plain Debian 13 has: its systemd, and its Node, which is too old. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { installBundle } from './install.ts';
import type { Installed } from './install.ts';
import { startOf } from './start.ts';

/** The result of a program. */
export interface Ended {
  status: number | null;
  output: string;
}

/** Unpacks both, once. */
export function installMachine(): Promise<Installed> {
  return installBundle({ name: 'machine', suite: 'trixie', packages: ['systemd', 'nodejs'] });
}

/** The messages of systemd about a unit, in a folder that is used as the root of a machine; empty without a problem. */
export async function verifyUnit(root: string, unit: string): Promise<Ended> {
  const { command, args } = startOf(await unpacked(), 'systemd-analyze');
  return run(command, [
    ...args,
    'verify',
    '--man=no',
    '--recursive-errors=no',
    `--root=${root}`,
    `${unit}.service`,
  ]);
}

/** The exposure of a service, by its file alone: 0 is the best, 10 the worst. */
export async function rateUnit(file: string): Promise<{ exposure: number; output: string }> {
  const { command, args } = startOf(await unpacked(), 'systemd-analyze');
  const { output } = run(command, [...args, 'security', '--no-pager', '--offline=true', file]);
  const [, exposure] = /Overall exposure level for \S+: (\d+\.\d+) /.exec(output) ?? [];
  return { exposure: Number(exposure ?? NaN), output };
}

/** Runs a script with the old Node, which finds its own files only in its own root. */
export async function runByOldNode(script: string, args: readonly string[]): Promise<Ended> {
  const root = await unpacked();
  mkdirSync(join(root, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'tmp', 'script-'));
  try {
    copyFileSync(script, join(folder, basename(script)));
    const node = startOf(root, 'node');
    const inside = [node.command, ...node.args, join(folder, basename(script))].map((path) =>
      path.replaceAll(root, ''),
    );
    const [command = '', ...first] = process.getuid?.() === 0 ? ['chroot'] : ['unshare', '-r', 'chroot'];
    return run(command, [...first, root, ...inside, ...args]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpacked(): Promise<string> {
  const installed = await installMachine();
  if (!installed.ok) throw new Error(installed.reason);
  return installed.root;
}

function run(command: string, args: readonly string[]): Ended {
  const ended = spawnSync(command, args, {
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (ended.error !== undefined) throw ended.error;
  return { status: ended.status, output: `${ended.stdout}${ended.stderr}` };
}
