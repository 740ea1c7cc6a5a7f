import type { Config } from '../config/index.ts';
import { flawsOf, LABELS, obstacleTo, PATHS, proxyFlaw, readLine, wantedOf } from '../hooks/index.ts';
import type { OurLine } from '../hooks/index.ts';
import type { SlotName, Slots } from '../qbittorrent/preferences.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

const INSTALL = 'Run `install-hook`: it enters the line, and asks qBittorrent whether it stands there.';

/** Whether qBittorrent will call the sidecar when a torrent is added or finished. */
export function checkHook(name: SlotName, slots: Slots, config: Config): Outcome {
  const outcome = judge(name, slots, config);
  if (outcome.status !== 'fail') return outcome;
  // Without this hook it works too: the end of a download is seen by the next poll.
  if (name === 'finished')
    return warn(
      `${outcome.found}; the end of a download is told by the next poll`,
      outcome.advice ?? INSTALL,
    );
  if (config.discover !== null)
    return ok(`${outcome.found}; not needed, since DISCOVER looks every ${config.discover / 1000} s`);
  return outcome;
}

function judge(name: SlotName, slots: Slots, config: Config): Outcome {
  const slot = slots[name];
  if (slot === null)
    return fail(
      'this qBittorrent is older than 4.5 and has none',
      'Set DISCOVER=60s: new torrents are found without it.',
    );
  const read = readLine(slot.program);
  if (read.kind === 'foreign') return foreign(name, read.program, read.callsUs);
  if (read.kind === 'script') {
    return slot.enabled
      ? ok(`${read.program}, a script of yours that by its name calls the sidecar`)
      : fail(`${read.program} stands there, but is switched off`, `Tick "${LABELS[name]}" in qBittorrent.`);
  }
  const outcome =
    read.kind === 'empty' ? fail('no command stands there', INSTALL) : checkLine(name, read, slots, config);
  return outcome.status !== 'ok' && config.hook.autoInstall ? promised(outcome.found, config) : outcome;
}

function promised(problem: string, config: Config): Outcome {
  const wanted = config.hook.port === 0 ? null : wantedOf(config);
  const obstacle = wanted === null ? null : obstacleTo(wanted);
  if (obstacle !== null) return fail(`${problem}, and none can be made: ${obstacle}`, 'Change that setting.');
  return warn(
    `${problem}; AUTO_INSTALL_HOOK mends it when the sidecar logs in`,
    'Start the sidecar, and look again.',
  );
}

/** Whether a line of ours will call this sidecar. */
function checkLine(name: SlotName, line: OurLine, slots: Slots, config: Config): Outcome {
  const wanted = wantedOf(config);
  if (wanted === null) return fail('HOOK_PORT is 0, so no line can name it', INSTALL);
  const flaws = flawsOf(line, name, wanted, slots.added !== null);
  const isOn = slots[name]?.enabled === true;
  if (flaws.length === 0)
    return isOn
      ? ok(`calls ${line.url}/${PATHS[name]}`)
      : fail('the line stands there, but is switched off', INSTALL);
  // Where there is no proxy, a line that would obey one works.
  const works = isOn && flaws.every((flaw) => flaw === proxyFlaw(line));
  return (works ? warn : fail)(`the line ${flaws.join('; it ')}`, INSTALL);
}

function foreign(name: SlotName, program: string, callsUs: boolean): Outcome {
  const called = program.replace(/[^\w.-]/g, '').slice(0, 40);
  if (callsUs) {
    return fail(
      `the command (${called}) calls the sidecar among other things, but qBittorrent runs no shell: operators like && and | are handed over as arguments`,
      'Clear the box and run `install-hook`; what else shall run belongs into a script.',
    );
  }
  const what = called === '' ? 'blanks stand there' : `another command (${called}) stands there`;
  const without = name === 'added' ? ' Or set DISCOVER=60s, and no hook is needed.' : '';
  return fail(what, `\`install-hook\` leaves it alone, and prints how to run both.${without}`);
}
