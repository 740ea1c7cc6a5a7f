/** Guarantees about the process itself: how it ends, what it prints, how often it logs in. */
import { describeRequest } from './weather.ts';
import type { Run } from './engine.ts';
import { isLogin, isAccepted, lifeAt } from './evidence.ts';
import type { ProxiedRequest } from './proxy.ts';
import { unexpectedEnd } from './sidecar.ts';

/** Every guarantee that the process violated. */
export function checkLives(run: Run): string[] {
  return [...checkEnds(run), ...checkOutput(run), ...checkLogins(run)];
}

/** How it ended. */
export function checkEnds({ lives }: Pick<Run, 'lives'>): string[] {
  return lives.flatMap((life) => {
    const unexpected = unexpectedEnd(life);
    return unexpected === null ? [] : [`life ${life.number} ${unexpected}: ${life.output.slice(-1000)}`];
  });
}

/** What it printed. */
export function checkOutput({ lives, secrets }: Pick<Run, 'lives' | 'secrets'>): string[] {
  return lives.flatMap(({ number, output }) => {
    const leaks = secrets
      .filter((secret) => output.includes(secret))
      .map(() => `life ${number} leaks a secret`);
    const errors = output.split('\n').filter((line) => line.includes('"level":"error"'));
    return [...leaks, ...errors.map((line) => `life ${number} logged an error: ${line}`)];
  });
}

/** The logins and their results. */
export interface Logins {
  /** Those whose success the sidecar received. */
  good: ProxiedRequest[];
  bad: ProxiedRequest[];
  /** The allowed number of successful logins: one a life, one a lost session, one after each unconfirmed login. */
  allowed: number;
}

/** The server accepted the login, and the sidecar received the answer. */
const isGood = (request: ProxiedRequest) => isAccepted(request) && request.deliveredAt !== null;

export function countLogins({ toQbittorrent, lives, journal }: Run): Logins {
  const logins = toQbittorrent.filter(isLogin);
  const losses = ['qBittorrent restarted', 'session ended', 'cookie lost'].map((kind) => journal.count(kind));
  const unproven = toQbittorrent.filter(
    (request) => request.path.endsWith('/app/webapiVersion') && !isGood(request),
  );
  return {
    good: logins.filter(isGood),
    bad: logins.filter((login) => !isGood(login)),
    allowed: lives.length + losses.reduce((sum, count) => sum + count, 0) + unproven.length,
  };
}

function checkLogins(run: Run): string[] {
  const { good, bad, allowed } = countLogins(run);
  const problems = bad
    .filter(({ status }) => status !== 0 && (status < 200 || status >= 300))
    .map((login) => `a login was refused: ${login.status} to ${describeRequest(login)}`);
  if (good.length > allowed) problems.push(`${good.length} logins where ${allowed} were needed`);
  for (const life of run.lives) {
    const tries = bad.filter(({ at }) => lifeAt(run, at) === life).length;
    // A pause takes at least half a second.
    const most = 2 + (2 * ((life.endedAt ?? Date.now()) - life.startedAt)) / 1000;
    if (tries > most) problems.push(`life ${life.number} failed to log in ${tries} times`);
  }
  return problems;
}
