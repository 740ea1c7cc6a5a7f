import type { SlotName } from '../qbittorrent/preferences.ts';
import { scriptLine } from './line.ts';
import type { Wanted } from './line.ts';

/** The box in qBittorrent's options, under Downloads. */
export const LABELS: Record<SlotName, string> = {
  added: 'Run external program on torrent added',
  finished: 'Run external program on torrent finished',
};

/**
 * How to run the sidecar's call and the command that stands there, in lines. The script gets that command as its
 * arguments, so it stays as it is, placeholders included, and no name of a torrent is ever read by a shell. The command
 * is not repeated: it may hold passwords.
 */
export function howToChain(name: SlotName, wanted: Wanted): string[] {
  const script = `/config/qbit-ntfy-${name}.sh`;
  const token = wanted.token === null ? null : '<HOOK_TOKEN>';
  return [
    `"${LABELS[name]}" holds a command of yours, which stays as it is.`,
    '',
    `qBittorrent takes one command and runs no shell, so both need a script. Where qBittorrent can run it, say`,
    `${script} (the name has to begin with qbit-ntfy):`,
    '',
    '    #!/bin/sh',
    `    ${scriptLine({ ...wanted, slot: name, token })} &`,
    '    shift',
    '    exec "$@"',
    '',
    ...(token === null
      ? []
      : ['with your HOOK_TOKEN in the place of <HOOK_TOKEN>, which is not printed here.', '']),
    `Make it executable (chmod +x ${script}), and enter in qBittorrent, with your command at the end:`,
    '',
    `    ${script} "%K" <your command>`,
    '',
  ];
}
