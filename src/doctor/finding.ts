/** The titles of the checks, in the order in which they are printed. */
export const TITLES = {
  configuration: 'Configuration',
  rules: 'Rules',
  qbittorrent: "qBittorrent's address",
  login: "qBittorrent's login",
  version: "qBittorrent's version",
  'hook-added': 'Hook when added',
  'hook-finished': 'Hook when finished',
  'hook-program': "Hook's program",
  'hook-port': "Hook API's port",
  ntfy: "ntfy's address",
  'ntfy-access': 'ntfy: publishing',
  'ntfy-updates': 'ntfy: updating cards',
  'ntfy-deletions': 'ntfy: deleting cards',
  'ntfy-limits': "ntfy: today's limit",
  buttons: 'Buttons',
  'buttons-reading': 'Buttons: reading',
  'buttons-publishing': 'Buttons: publishing',
  clock: 'Clock',
  'time-zone': 'Time zone',
  state: 'State folder',
  instance: 'Instance name',
} as const;

/** The name of a check. */
export type CheckId = keyof typeof TITLES;

/** `warn`: works with restrictions. `fail`: does not work. `skip`: another check failed first. */
export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** The result of a check. `advice`: what to do. Neither text contains a secret. */
export interface Outcome {
  status: Status;
  found: string;
  advice: string | null;
}

/** One line of the report. */
export interface Finding extends Outcome {
  id: CheckId;
  title: string;
}

export const ok = (found: string): Outcome => ({ status: 'ok', found, advice: null });
export const warn = (found: string, advice: string): Outcome => ({ status: 'warn', found, advice });
export const fail = (found: string, advice: string): Outcome => ({ status: 'fail', found, advice });
export const skip = (found: string): Outcome => ({ status: 'skip', found, advice: null });

/** The results of several checks. */
export type Outcomes = Partial<Record<CheckId, Outcome>>;
