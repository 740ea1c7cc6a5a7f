/** What the doctor looks at, in the order in which it says it. */
export const TITLES = {
  configuration: 'Configuration',
  qbittorrent: "qBittorrent's address",
  login: "qBittorrent's login",
  version: "qBittorrent's version",
  'hook-added': 'Hook when added',
  'hook-finished': 'Hook when finished',
  'hook-program': "Hook's program",
  'hook-port': "Hook API's port",
  ntfy: "ntfy's address",
  'ntfy-access': 'ntfy: publishing',
  'ntfy-updates': 'ntfy: cards that move',
  'ntfy-deletions': 'ntfy: deleting cards',
  'ntfy-limits': "ntfy: today's limit",
  clock: 'Clock',
  'time-zone': 'Time zone',
  state: 'State folder',
  instance: 'Instance name',
} as const;

/** The name of a check. */
export type CheckId = keyof typeof TITLES;

/** `warn`: it works, but less well. `fail`: it won't. `skip`: something else has to be right first. */
export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** What a check came to. `advice` says what to do; neither text holds a secret. */
export interface Outcome {
  status: Status;
  found: string;
  advice: string | null;
}

/** One line of the doctor. */
export interface Finding extends Outcome {
  id: CheckId;
  title: string;
}

export const ok = (found: string): Outcome => ({ status: 'ok', found, advice: null });
export const warn = (found: string, advice: string): Outcome => ({ status: 'warn', found, advice });
export const fail = (found: string, advice: string): Outcome => ({ status: 'fail', found, advice });
export const skip = (found: string): Outcome => ({ status: 'skip', found, advice: null });

/** What each of some checks came to. */
export type Outcomes = Partial<Record<CheckId, Outcome>>;
