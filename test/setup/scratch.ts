/** A folder that is used as the root of a machine, and the lines of docs/setup.md for it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ensureBundle } from '../../src/development/bundle.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { blocksOf, commandsOf, HOME } from './document.ts';

const blocks = blocksOf('On the machine itself');

/** The shell lines for an installation on the machine itself. */
export const commands = commandsOf(blocks);

/** The settings that the document shows. */
export const settings = blocks.find(({ language }) => language === 'ini')?.text ?? '';

/** The unit file. */
export const unit = readFileSync(join(HOME, 'systemd', 'qbit-ntfy.service'), 'utf8');

export const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

/** A folder that is used as the root of a machine. */
export function scratch() {
  const root = temporaryFolder('setup');
  for (const folder of ['etc/systemd/system', 'opt', 'usr/bin', 'var/lib/qbit-ntfy', 'empty']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  // A checkout has it; `build` writes the results there.
  cpSync(join(HOME, 'systemd'), join(root, 'systemd'), { recursive: true });
  writeFileSync(join(root, 'usr', 'bin', 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, {
    mode: 0o755,
  });
  return {
    root,
    inside: (text: string) => text.replaceAll(/(?<=[\s='])\/(?=(etc|opt|usr|var)\/)/g, `${root}/`),
    [Symbol.asyncDispose]: () => removeFolder(root),
  };
}

/** Runs a shell line as a user with all permissions. */
export function shell(line: string, cwd: string, env: NodeJS.ProcessEnv = {}) {
  const ended = spawnSync('sh', ['-ec', `sudo() { "$@"; }\n${line}`], {
    cwd,
    env: { PATH, HOME: process.env['HOME'], ...env },
    encoding: 'utf8',
    timeout: 600_000,
  });
  return { status: ended.status, output: `${ended.stdout}${ended.stderr}` };
}

/** The bundle that all tests share. */
export async function placeBundle(root: string): Promise<void> {
  mkdirSync(join(root, 'dist'));
  copyFileSync(await ensureBundle(), join(root, 'dist', 'sidecar.js'));
}

/** Runs the build of the document, with another output folder. */
export function build(root: string): void {
  const built = shell(`npm run build -- --file ${root}/dist/sidecar.js`, HOME);
  assert.equal(built.status, 0, built.output);
}

/** The line of the document with this beginning. */
export const take = (start: string): string => {
  const found = commands.find((line) => line.startsWith(start));
  assert.ok(found !== undefined, `docs/setup.md has no line that begins with ${start}`);
  return found;
};
