import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { readLine, splitCommand } from '../hooks/index.ts';
import type { Slots } from '../qbittorrent/preferences.ts';
import { isLoopback } from '../util/loopback.ts';
import { ok, skip, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/**
 * Whether the program of the hook is installed. Only the machine (or container) of the doctor can be checked, which may
 * not be that of qBittorrent.
 */
export function checkProgram(slots: Slots, qbittorrent: string, path: string): Outcome {
  const line = [slots.added, slots.finished].find(
    (slot) => slot && readLine(slot.program).kind === 'ours',
  )?.program;
  if (line === undefined) return skip('no hook is installed');
  const [program = ''] = splitCommand(line);
  const name = program.replace(/^.*[\\/]/, '');
  if (!isLoopback(qbittorrent.replace(/:\d+$/, '')))
    return skip(`qBittorrent runs on another machine: make sure that ${name} is installed there`);
  if (isInstalled(program, path))
    return ok(
      `${name} is installed on this machine; if qBittorrent runs in another container, it must be installed there`,
    );
  return warn(
    `${name} is not installed where the doctor runs, and qBittorrent's container cannot be checked from here`,
    `If qBittorrent runs here too: install ${name}, or use the other program (\`install-hook --tool ${name === 'curl' ? 'wget' : 'curl'}\`), or set DISCOVER=60s.`,
  );
}

function isInstalled(program: string, path: string): boolean {
  const places = isAbsolute(program)
    ? [program]
    : path.split(delimiter).map((folder) => join(folder, program));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
