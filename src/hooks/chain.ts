import type { Slot, SlotName } from '../qbittorrent/preferences.ts';
import { scriptLine } from './line.ts';
import type { Wanted } from './line.ts';

/** The box in qBittorrent's options, under Downloads. */
export const LABELS: Record<SlotName, string> = {
  added: 'Run external program on torrent added',
  finished: 'Run external program on torrent finished',
};

/**
 * How to run the sidecar's call and the command that stands there. The script gets that command as its arguments, so
 * it stays as it is, placeholders included, and no name of a torrent is ever read by a shell.
 */
export function howToChain(name: SlotName, { program }: Slot, wanted: Wanted): string {
  const script = `/config/qbit-ntfy-${name}.sh`;
  const token = wanted.token === null ? null : '<HOOK_TOKEN>';
  return [
    `"${LABELS[name]}" holds a command of yours, which stays as it is:`,
    '',
    `    ${visible(program)}`,
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
    `Make it executable (chmod +x ${script}), and enter in qBittorrent:`,
    '',
    `    ${script} "%K" ${visible(program)}`,
  ].join('\n');
}

/** Control characters of a command from elsewhere must not reach the terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
