/** Opens a room for one pod: a network namespace with its own loopback, and private mounts. */
import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, startProcess, temporaryFolder } from '../../servers/processes.ts';
import { until } from '../../servers/wait.ts';
import { kubernetesTool } from '../kustomize.ts';
import type { Order, Seen } from './scene.ts';

/** Root needs no user namespace; other users get one in which they are root and no other user exists. */
export const isRoot = process.getuid?.() === 0;
const UNSHARE = [...(isRoot ? [] : ['--map-root-user']), '--net', '--mount', '--propagation', 'private'];

/** Why no room is possible here, or `null`. */
export function noRoom(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('unshare', [...UNSHARE, 'true'], (error) =>
      resolve(error === null ? null : `no namespaces: ${error.message.trim()}`),
    );
  });
}

/** Runs a scenario; its errors are part of the result. */
export async function runInRoom(order: Omit<Order, 'hasUsers' | 'outside'>): Promise<Seen> {
  const folder = temporaryFolder('pod');
  try {
    writeFileSync(
      join(folder, 'order.json'),
      JSON.stringify({ ...order, hasUsers: isRoot, outside: readlinkSync('/proc/self/ns/mnt') }),
    );
    const ip = await kubernetesTool('ip');
    const script = '"$@"; exec "$NODE" "$SCENE" "$FOLDER"';
    const room = startProcess(
      {
        command: 'unshare',
        args: UNSHARE,
        env: { NODE: process.execPath, SCENE: join(import.meta.dirname, 'inside.ts'), FOLDER: folder },
        packaged: '',
      },
      ['sh', '-c', script, 'sh', ip.command, ...ip.args, 'link', 'set', 'lo', 'up'],
      folder,
    );
    await until('the scene to end', () => room.ended(), { deadline: 270_000 });
    return readSeen(folder, room.output());
  } finally {
    await removeFolder(folder);
  }
}

function readSeen(folder: string, output: string): Seen {
  try {
    return JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as Seen;
  } catch {
    return { error: output };
  }
}
