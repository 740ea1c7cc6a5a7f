import type { Failure } from '../../machines/domain.ts';
import type { Logger } from './index.ts';

/** What can be unavailable. */
export type Server = 'qbittorrent' | 'ntfy' | 'commandTopic';

/** A failed attempt, for the log. */
export interface FailedAttempt {
  message: string;
  reason: Failure['kind'];
  detail: string;
}

/** Milliseconds after which an outage that continues is logged again. */
const REMINDER_INTERVAL = 10 * 60_000;
/** Milliseconds between two log lines on the same failure that comes and goes. */
const REPEAT_INTERVAL = 60_000;

const RECOVERED: Record<Server, string> = {
  qbittorrent: 'qBittorrent is available again',
  ntfy: 'ntfy is available again',
  commandTopic: 'the command topic is read again',
};

interface Outage {
  /** On the same clock as `now`. */
  since: number;
  failures: number;
  /** The last log line on it; `null` while there is none. */
  lastLine: string | null;
}

/**
 * Logs an outage when it begins, when its reason changes, every ten minutes while it lasts, and when it is over. Each
 * line has the number of failed attempts.
 *
 * @param now milliseconds
 */
export function createOutageLog(log: Logger, now: () => number = () => performance.now()) {
  const open = new Map<Server, Outage>();
  /** By message and reason, of which there are few: neither contains text from a server. */
  const loggedAt = new Map<string, number>();
  return {
    isOpen: (server: Server): boolean => open.has(server),
    failed(server: Server, { message, reason, detail }: FailedAttempt): void {
      const outage = open.get(server) ?? { since: now(), failures: 0, lastLine: null };
      open.set(server, outage);
      outage.failures += 1;
      const line = `${message}: ${reason}`;
      const interval = outage.lastLine === line ? REMINDER_INTERVAL : REPEAT_INTERVAL;
      if (now() - (loggedAt.get(line) ?? -Infinity) < interval) return;
      loggedAt.set(line, now());
      outage.lastLine = line;
      log.warn(message, { reason, detail, failures: outage.failures });
    },
    recovered(server: Server): void {
      const outage = open.get(server);
      open.delete(server);
      if (outage === undefined || outage.lastLine === null) return;
      const seconds = Math.round((now() - outage.since) / 1000);
      log.info(RECOVERED[server], { failures: outage.failures, seconds });
    },
  };
}
