/** What holds for the process itself: how it ends, what it prints, how often it logs in. */
import { describePassage } from './weather.ts';
import type { Run } from './engine.ts';
import { isLogin, isTaken, lifeAt } from './evidence.ts';
import type { Passage } from './proxy.ts';
import { oddEnd } from './sidecar.ts';

/** Every promise that the process broke. */
export function judgeLives(run: Run): string[] {
  return [...judgeEnds(run), ...judgeOutput(run), ...judgeLogins(run)];
}

/** How it ended. */
export function judgeEnds({ lives }: Pick<Run, 'lives'>): string[] {
  return lives.flatMap((life) => {
    const odd = oddEnd(life);
    return odd === null ? [] : [`life ${life.number} ${odd}: ${life.output.slice(-1000)}`];
  });
}

/** What it printed. */
export function judgeOutput({ lives, secrets }: Pick<Run, 'lives' | 'secrets'>): string[] {
  return lives.flatMap(({ number, output }) => {
    const told = secrets
      .filter((secret) => output.includes(secret))
      .map(() => `life ${number} told a secret`);
    const errors = output.split('\n').filter((line) => line.includes('"level":"error"'));
    return [...told, ...errors.map((line) => `life ${number} logged an error: ${line}`)];
  });
}

/** What became of the logins. */
export interface Logins {
  /** Those that the sidecar knows as good. */
  good: Passage[];
  bad: Passage[];
  /** Good ones at most: one a life, one a lost session, one after each login that could not be proven. */
  allowed: number;
}

/** The server said yes, and the sidecar heard it. */
const isGood = (passage: Passage) => isTaken(passage) && passage.deliveredAt !== null;

export function countLogins({ toQbittorrent, lives, journal }: Run): Logins {
  const logins = toQbittorrent.filter(isLogin);
  const losses = ['qBittorrent restarted', 'session ended', 'cookie lost'].map((kind) => journal.count(kind));
  const unproven = toQbittorrent.filter(
    (passage) => passage.path.endsWith('/app/webapiVersion') && !isGood(passage),
  );
  return {
    good: logins.filter(isGood),
    bad: logins.filter((login) => !isGood(login)),
    allowed: lives.length + losses.reduce((sum, count) => sum + count, 0) + unproven.length,
  };
}

function judgeLogins(run: Run): string[] {
  const { good, bad, allowed } = countLogins(run);
  const problems = bad
    .filter(({ status }) => status !== 0 && (status < 200 || status >= 300))
    .map((login) => `a login was refused: ${login.status} to ${describePassage(login)}`);
  if (good.length > allowed) problems.push(`${good.length} logins where ${allowed} were needed`);
  for (const life of run.lives) {
    const tries = bad.filter(({ at }) => lifeAt(run, at) === life).length;
    // A pause is half a second at least.
    const most = 2 + (2 * ((life.endedAt ?? Date.now()) - life.startedAt)) / 1000;
    if (tries > most) problems.push(`life ${life.number} tried to log in ${tries} times in vain`);
  }
  return problems;
}
