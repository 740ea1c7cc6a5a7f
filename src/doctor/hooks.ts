import type { Config } from '../config/index.ts';
import {
  problemsOf,
  LABELS,
  obstacleTo,
  PATHS,
  proxyProblem,
  readLine,
  desiredLine,
} from '../hooks/index.ts';
import type { OurLine } from '../hooks/index.ts';
import type { SlotName, Slots } from '../qbittorrent/preferences.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

const INSTALL = 'Run `install-hook`: it installs the hook in qBittorrent, and verifies it.';

/** Whether qBittorrent will call the sidecar when a torrent is added or finished. */
export function checkHook(name: SlotName, slots: Slots, config: Config): Outcome {
  const outcome = findOutcome(name, slots, config);
  if (outcome.status !== 'fail') return outcome;
  // Without this hook the next poll detects the end of a download.
  if (name === 'finished')
    return warn(`${outcome.found}; the next poll detects the end of a download`, outcome.advice ?? INSTALL);
  if (config.discover !== null)
    return ok(`${outcome.found}; not needed, because DISCOVER scans every ${config.discover / 1000} s`);
  return outcome;
}

function findOutcome(name: SlotName, slots: Slots, config: Config): Outcome {
  const slot = slots[name];
  if (slot === null)
    return fail(
      'not available: this qBittorrent is older than 4.5',
      'Set DISCOVER=60s to find new torrents without it.',
    );
  const read = readLine(slot.program);
  if (read.kind === 'foreign') return foreignOutcome(name, read.program, read.callsUs);
  if (read.kind === 'script') {
    return slot.enabled
      ? ok(`${read.program}, your script, which by its name calls the sidecar`)
      : fail(`${read.program} is set, but the option is disabled`, `Tick "${LABELS[name]}" in qBittorrent.`);
  }
  const outcome =
    read.kind === 'empty' ? fail('no command is set', INSTALL) : checkLine(name, read, slots, config);
  return outcome.status !== 'ok' && config.hook.autoInstall
    ? autoInstallOutcome(outcome.found, config)
    : outcome;
}

function autoInstallOutcome(problem: string, config: Config): Outcome {
  const desired = config.hook.port === 0 ? null : desiredLine(config);
  const obstacle = desired === null ? null : obstacleTo(desired);
  if (obstacle !== null)
    return fail(`${problem}, and the hook cannot be installed: ${obstacle}`, 'Change that setting.');
  return warn(
    `${problem}; AUTO_INSTALL_HOOK repairs it when the sidecar logs in`,
    'Start the sidecar, and run `doctor` again.',
  );
}

/** Whether a hook line will call this sidecar. */
function checkLine(name: SlotName, line: OurLine, slots: Slots, config: Config): Outcome {
  const desired = desiredLine(config);
  if (desired === null) return fail('HOOK_PORT is 0, so the hook cannot contain the port', INSTALL);
  const problems = problemsOf(line, name, desired, slots.added !== null);
  const isOn = slots[name]?.enabled === true;
  if (problems.length === 0)
    return isOn
      ? ok(`calls ${line.url}/${PATHS[name]}`)
      : fail('the hook is set, but the option is disabled', INSTALL);
  // Without a proxy, a line that would use one works.
  const works = isOn && problems.every((problem) => problem === proxyProblem(line));
  return (works ? warn : fail)(`the line ${problems.join('; it ')}`, INSTALL);
}

function foreignOutcome(name: SlotName, program: string, callsUs: boolean): Outcome {
  const called = program.replace(/[^\w.-]/g, '').slice(0, 40);
  if (callsUs) {
    return fail(
      `the command (${called}) calls the sidecar and does something else, but qBittorrent runs no shell: operators like && and | are passed as arguments`,
      'Clear the option and run `install-hook`; put other commands into a script.',
    );
  }
  const what = called === '' ? 'only blanks are set' : `another command (${called}) is set`;
  const without = name === 'added' ? ' Or set DISCOVER=60s, which needs no hook.' : '';
  return fail(what, `\`install-hook\` does not change it, and prints how to run both.${without}`);
}
