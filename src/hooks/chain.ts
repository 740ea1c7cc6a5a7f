import type { SlotName } from '../qbittorrent/preferences.ts';
import { scriptLine } from './line.ts';
import type { DesiredLine } from './line.ts';

/** The label of the option in qBittorrent, under Downloads. */
export const LABELS: Record<SlotName, string> = {
  added: 'Run external program on torrent added',
  finished: 'Run external program on torrent finished',
};

/**
 * Instructions for running both the sidecar's hook and the existing command, in lines. The script receives that command
 * as its arguments, so it does not change, placeholders included, and no shell reads names of torrents. The command is
 * not printed: it may contain passwords.
 */
export function chainInstructions(name: SlotName, desired: DesiredLine): string[] {
  const script = `/config/qbit-ntfy-${name}.sh`;
  const token = desired.token === null ? null : '<HOOK_TOKEN>';
  return [
    `"${LABELS[name]}" contains another command, which was not changed.`,
    '',
    `qBittorrent runs one command without a shell, so running both requires a script. Create it where qBittorrent can run`,
    `it, for example ${script} (the name must begin with qbit-ntfy):`,
    '',
    '    #!/bin/sh',
    `    ${scriptLine({ ...desired, slot: name, token })} &`,
    '    shift',
    '    exec "$@"',
    '',
    ...(token === null ? [] : ['Replace <HOOK_TOKEN> by your HOOK_TOKEN, which is not printed here.', '']),
    `Make it executable (chmod +x ${script}), and set this command in qBittorrent, with your command at the end:`,
    '',
    `    ${script} "%K" <your command>`,
    '',
  ];
}
