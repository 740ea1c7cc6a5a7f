import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FILE, problemOfFiles, readInstance, SHARED_INSTANCE } from '../store/index.ts';
import type { Config } from '../config/index.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Outcome } from './finding.ts';
import type { NtfyFindings } from './ntfy.ts';

/** Milliseconds that two clocks may differ by before a time of day looks wrong. */
const MAX_CLOCK_DIFFERENCE = 60_000;

/** Our clock against ntfy's. */
export function checkClock(date: NtfyFindings['date']): Outcome {
  if (date === null) return skip('ntfy has to answer first: its clock is compared with this one');
  const seconds = Math.round(Math.abs(date.ahead) / 1000);
  if (Math.abs(date.ahead) <= MAX_CLOCK_DIFFERENCE) return ok("it agrees with ntfy's");
  return warn(
    `it is ${seconds} s ${date.ahead > 0 ? 'behind' : 'ahead of'} ntfy's`,
    'Let NTP set the clocks: times of day on the cards, and in ntfy, are off.',
  );
}

/** A wrong one is a warning of the configuration already. */
export function checkTimeZone(given: string | undefined, now = new Date()): Outcome {
  // Where Node can't make sense of TZ, its own zone has no name.
  const timeZone: string | undefined = given ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = now.toLocaleTimeString('en-GB', { timeZone: given, hour: '2-digit', minute: '2-digit' });
  return ok(`${timeZone ?? 'UTC'}${given !== undefined ? '' : " (the system's)"}, where it is ${time}`);
}

/** Whether what has to survive a restart can be written. */
export function checkState(dir: string | null): Outcome {
  if (dir === null) {
    return warn(
      'STATE_DIR is not set: what was told is kept in memory, and forgotten by a restart',
      'Set STATE_DIR to a folder on a volume that stays.',
    );
  }
  const path = resolve(dir);
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      // It is made at the start, below a folder that must be there.
      if (!statSync(dirname(path)).isDirectory()) throw new Error();
      accessSync(dirname(path), constants.W_OK | constants.X_OK);
      return ok('it is not there yet, and can be made');
    }
    rmdirSync(mkdtempSync(join(path, '.doctor-')));
    const problem = problemOfFiles(join(path, FILE));
    if (problem !== null) return fail(problem, 'Move it elsewhere: the sidecar creates its own file.');
    return ok('it can be written');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return fail(`the folder in STATE_DIR can not be written${code}`, why(code));
  }
}

/** What the cards of this sidecar are called by, and whether those of another one could be called the same. */
export function checkInstance({ instance, stateDir }: Pick<Config, 'instance' | 'stateDir'>): Outcome {
  if (instance !== null) return ok(`${instance}, from INSTANCE_NAME`);
  const kept = readInstance(stateDir);
  if (kept.kind === 'own') return ok(`${kept.name}, from the state folder`);
  if (kept.kind === 'new') return ok('a new state file gets a name of its own');
  const why = stateDir === null ? 'without STATE_DIR' : 'with a state file of an earlier version';
  return warn(
    `${SHARED_INSTANCE}, as that of each sidecar ${why}: two of them on one topic replace and delete each other's cards`,
    'Set INSTANCE_NAME if another sidecar publishes to the same topic.',
  );
}

function why(code: string): string {
  if (/ENOTDIR/.test(code)) return 'A file stands in its place: name a folder.';
  if (/ENOENT/.test(code)) return 'The folder above it is not there: make it, or mount the volume.';
  if (/ERR_ACCESS_DENIED/.test(code))
    return 'The image may write to /state only: set STATE_DIR=/state, and mount the volume there.';
  if (/EROFS/.test(code)) return 'It is mounted read-only: mount it writable.';
  return 'Give it to the user that runs the sidecar (65532 in the image): chown, or fsGroup in Kubernetes.';
}
