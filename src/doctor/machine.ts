import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FILE, problemOfFiles, readInstance, SHARED_INSTANCE } from '../store/index.ts';
import type { Config } from '../config/index.ts';
import { fail, ok, skip, warn } from './finding.ts';
import type { Outcome } from './finding.ts';
import type { NtfyFindings } from './ntfy.ts';

/** Milliseconds by which the clocks may differ: more is visible in times of day. */
const MAX_CLOCK_DIFFERENCE = 60_000;

/** Compares the clock of this machine with that of ntfy. */
export function checkClock(date: NtfyFindings['date']): Outcome {
  if (date === null) return skip('ntfy did not answer, and its clock is needed for comparison');
  const seconds = Math.round(Math.abs(date.ahead) / 1000);
  if (Math.abs(date.ahead) <= MAX_CLOCK_DIFFERENCE) return ok('the same as the clock of ntfy');
  return warn(
    `it is ${seconds} s ${date.ahead > 0 ? 'behind' : 'ahead of'} ntfy's`,
    'Synchronize the clocks by NTP: times of day on the cards and in ntfy are wrong.',
  );
}

/** An invalid one is a warning of the configuration. */
export function checkTimeZone(given: string | undefined, now = new Date()): Outcome {
  // If Node cannot parse TZ, its own zone has no name.
  const timeZone: string | undefined = given ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = now.toLocaleTimeString('en-GB', { timeZone: given, hour: '2-digit', minute: '2-digit' });
  return ok(`${timeZone ?? 'UTC'}${given !== undefined ? '' : " (the system's)"}, where it is ${time}`);
}

/** Whether the state that survives a restart can be written. */
export function checkState(dir: string | null): Outcome {
  if (dir === null) {
    return warn(
      'STATE_DIR is not set: the state is kept in memory, and lost at a restart',
      'Set STATE_DIR to a folder on a persistent volume.',
    );
  }
  const path = resolve(dir);
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      // It is created at the start; its parent must exist.
      if (!statSync(dirname(path)).isDirectory()) throw new Error();
      accessSync(dirname(path), constants.W_OK | constants.X_OK);
      return ok('does not exist yet, and can be created');
    }
    rmdirSync(mkdtempSync(join(path, '.doctor-')));
    const problem = problemOfFiles(join(path, FILE));
    if (problem !== null) return fail(problem, 'Move it elsewhere: the sidecar creates its own file.');
    return ok('writable');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return fail(`the folder in STATE_DIR is not writable${code}`, adviceFor(code));
  }
}

/** The instance name, and whether another sidecar may have the same. */
export function checkInstance({ instance, stateDir }: Pick<Config, 'instance' | 'stateDir'>): Outcome {
  if (instance !== null) return ok(`${instance}, from INSTANCE_NAME`);
  const stored = readInstance(stateDir);
  if (stored.kind === 'own') return ok(`${stored.name}, from the state folder`);
  if (stored.kind === 'new') return ok('created with the state file at the first start');
  const why = stateDir === null ? 'without STATE_DIR' : 'with a state file of an earlier version';
  return warn(
    `${SHARED_INSTANCE}, the same for each sidecar ${why}: two of them on one topic replace and delete each other's cards`,
    'Set INSTANCE_NAME if another sidecar publishes to the same topic.',
  );
}

function adviceFor(code: string): string {
  if (/ENOTDIR/.test(code)) return 'A file is in its place: set STATE_DIR to a folder.';
  if (/ENOENT/.test(code)) return 'Its parent folder does not exist: create it, or mount the volume.';
  if (/ERR_ACCESS_DENIED/.test(code))
    return 'In the image only /state is writable: set STATE_DIR=/state, and mount the volume there.';
  if (/EROFS/.test(code)) return 'It is mounted read-only: mount it with write access.';
  return 'Make the user of the sidecar (65532 in the image) its owner: chown, or fsGroup in Kubernetes.';
}
