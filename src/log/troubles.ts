import type { Failure } from '../../machines/domain.ts';
import type { Logger } from './index.ts';

/** A server that can be away. */
export type Server = 'qbittorrent' | 'ntfy';

/** What is said of one attempt that failed. */
export interface Trouble {
  message: string;
  reason: Failure['kind'];
  detail: string;
}

/** A trouble that goes on is said again after this long, in milliseconds. */
const REMINDER_INTERVAL = 10 * 60_000;
/** One that comes and goes is said anew at most this often. */
const PAUSE = 60_000;

const RECOVERED: Record<Server, string> = {
  qbittorrent: 'qBittorrent answers again',
  ntfy: 'ntfy takes messages again',
};

interface Open {
  /** On the same clock as `now`. */
  since: number;
  failures: number;
  /** What the log said of it last; `null` while it said nothing. */
  said: string | null;
}

/**
 * Logs a trouble when it begins, when it becomes another, now and then while it lasts, and when it is over: an outage
 * of a night is a page of lines and not a thousand. With each line goes how many attempts have failed.
 *
 * @param now milliseconds
 */
export function createTroubles(log: Logger, now: () => number = () => performance.now()) {
  const open = new Map<Server, Open>();
  /** By message and reason, of which there are few: what a server says is in neither. */
  const lastSaid = new Map<string, number>();
  return {
    isOpen: (server: Server): boolean => open.has(server),
    failed(server: Server, { message, reason, detail }: Trouble): void {
      const trouble = open.get(server) ?? { since: now(), failures: 0, said: null };
      open.set(server, trouble);
      trouble.failures += 1;
      const line = `${message}: ${reason}`;
      const pause = trouble.said === line ? REMINDER_INTERVAL : PAUSE;
      if (now() - (lastSaid.get(line) ?? -Infinity) < pause) return;
      lastSaid.set(line, now());
      trouble.said = line;
      log.warn(message, { reason, detail, failures: trouble.failures });
    },
    over(server: Server): void {
      const trouble = open.get(server);
      open.delete(server);
      if (trouble === undefined || trouble.said === null) return;
      const seconds = Math.round((now() - trouble.since) / 1000);
      log.info(RECOVERED[server], { failures: trouble.failures, seconds });
    },
  };
}
