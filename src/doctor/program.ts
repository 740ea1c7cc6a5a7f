import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { readLine, splitCommand } from '../hooks/index.ts';
import type { Slots } from '../qbittorrent/preferences.ts';
import { isLoopback } from '../util/loopback.ts';
import { ok, skip, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/**
 * Whether the program of the hook is there. Only the machine (or container) that the doctor runs on can be looked at:
 * that it is qBittorrent's own is likely at best.
 */
export function checkProgram(slots: Slots, qbittorrent: string, path: string): Outcome {
  const line = [slots.added, slots.finished].find(
    (slot) => slot && readLine(slot.program).kind === 'ours',
  )?.program;
  if (line === undefined) return skip('there is no hook to look at');
  const [program = ''] = splitCommand(line);
  const name = program.replace(/^.*[\\/]/, '');
  if (!isLoopback(qbittorrent.replace(/:\d+$/, '')))
    return skip(`qBittorrent runs elsewhere: see to it that ${name} is there`);
  if (isThere(program, path))
    return ok(`${name} is on this machine; a qBittorrent in a container of its own needs one there`);
  return warn(
    `${name} is not where the doctor runs, and whether qBittorrent has one can't be seen from here`,
    `If qBittorrent runs here too: install ${name}, or use the other one (\`install-hook --tool ${name === 'curl' ? 'wget' : 'curl'}\`), or set DISCOVER=60s.`,
  );
}

function isThere(program: string, path: string): boolean {
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
