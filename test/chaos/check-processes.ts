/** Guarantees about the sidecar's processes: how they end, their output, and their number of logins. */
import { describeRequest } from './server-faults.ts';
import type { Run } from './engine.ts';
import { isLogin, isAccepted, processAt } from './evidence.ts';
import type { ProxiedRequest } from './proxy.ts';
import { unexpectedEnd } from './sidecar.ts';

/** Every guarantee that a process violated. */
export function checkProcesses(run: Run): string[] {
  return [...checkEnds(run), ...checkOutput(run), ...checkLogins(run)];
}

/** Unexpected ends. */
export function checkEnds({ processes }: Pick<Run, 'processes'>): string[] {
  return processes.flatMap((processRun) => {
    const unexpected = unexpectedEnd(processRun);
    return unexpected === null
      ? []
      : [`process ${processRun.number} ${unexpected}: ${processRun.output.slice(-1000)}`];
  });
}

/** Secrets and errors in the output. */
export function checkOutput({ processes, secrets }: Pick<Run, 'processes' | 'secrets'>): string[] {
  return processes.flatMap(({ number, output }) => {
    const leaks = secrets
      .filter((secret) => output.includes(secret))
      .map(() => `process ${number} leaks a secret`);
    const errors = output.split('\n').filter((line) => line.includes('"level":"error"'));
    return [...leaks, ...errors.map((line) => `process ${number} logged an error: ${line}`)];
  });
}

/** The logins and their results. */
export interface Logins {
  /** Those whose success the sidecar received. */
  good: ProxiedRequest[];
  bad: ProxiedRequest[];
  /** The allowed number of successful logins: one a process, one a lost session, one after each unconfirmed login. */
  allowed: number;
}

/** The server accepted the login, and the sidecar received the answer. */
const isGood = (request: ProxiedRequest) => isAccepted(request) && request.deliveredAt !== null;

export function countLogins({ toQbittorrent, processes, journal }: Run): Logins {
  const logins = toQbittorrent.filter(isLogin);
  const losses = ['qBittorrent restarted', 'session ended', 'cookie lost'].map((kind) => journal.count(kind));
  const unproven = toQbittorrent.filter(
    (request) => request.path.endsWith('/app/webapiVersion') && !isGood(request),
  );
  return {
    good: logins.filter(isGood),
    bad: logins.filter((login) => !isGood(login)),
    allowed: processes.length + losses.reduce((sum, count) => sum + count, 0) + unproven.length,
  };
}

function checkLogins(run: Run): string[] {
  const { good, bad, allowed } = countLogins(run);
  const problems = bad
    .filter(({ status }) => status !== 0 && (status < 200 || status >= 300))
    .map((login) => `a login was refused: ${login.status} to ${describeRequest(login)}`);
  if (good.length > allowed) problems.push(`${good.length} logins where ${allowed} were needed`);
  for (const processRun of run.processes) {
    const tries = bad.filter(({ at }) => processAt(run, at) === processRun).length;
    // A pause takes at least half a second.
    const maximum = 2 + (2 * ((processRun.endedAt ?? Date.now()) - processRun.startedAt)) / 1000;
    if (tries > maximum) problems.push(`process ${processRun.number} failed to log in ${tries} times`);
  }
  return problems;
}
