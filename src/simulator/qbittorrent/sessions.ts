/** Sessions and bans of the simulated qBittorrent. */
import { randomBytes } from 'node:crypto';

/** Failures of one address before it is banned, and for how long. */
const MAX_FAILURES = 5;
const BAN_MS = 3_600_000;

export interface Sessions {
  /** Opens one and returns its cookie value; over the limit the least recently used one ends. */
  open: () => string;
  /** Whether it lives; using it keeps it alive. */
  use: (id: string) => boolean;
  close: (id: string) => void;
  expireAll: () => void;
  count: () => number;
}

/** Raw base64 with `+` or `/` in it, like the real ones: a client that encodes it again loses it. */
function newId(): string {
  for (;;) {
    const id = randomBytes(24).toString('base64');
    if (/[+/]/.test(id)) return id;
  }
}

/** `timeout` in seconds, 0 = never. */
export function createSessions(timeout: number, limit: number, now: () => number): Sessions {
  const used = new Map<string, number>();
  const lives = (at: number) => timeout === 0 || now() - at <= timeout * 1000;
  return {
    open: () => {
      const id = newId();
      used.set(id, now());
      const [oldest] = used.keys();
      if (used.size > limit && oldest !== undefined) used.delete(oldest);
      return id;
    },
    use: (id) => {
      const at = used.get(id);
      if (at === undefined) return false;
      // A Map keeps the order of insertion: deleting first makes it the order of use.
      used.delete(id);
      if (!lives(at)) return false;
      used.set(id, now());
      return true;
    },
    close: (id) => void used.delete(id),
    expireAll: () => used.clear(),
    count: () => used.size,
  };
}

export interface Bans {
  isBanned: (address: string) => boolean;
  fail: (address: string) => void;
  forgive: (address: string) => void;
  /** Bans at once, as after five failures. */
  ban: (address: string) => void;
  liftAll: () => void;
}

/** Failures never decay: only a success or the end of the ban clears them. */
export function createBans(now: () => number): Bans {
  const failures = new Map<string, { count: number; until: number }>();
  return {
    isBanned: (address) => {
      const record = failures.get(address);
      if (!record || record.count < MAX_FAILURES) return false;
      if (now() < record.until) return true;
      failures.delete(address);
      return false;
    },
    fail: (address) => {
      const count = (failures.get(address)?.count ?? 0) + 1;
      failures.set(address, { count, until: now() + BAN_MS });
    },
    forgive: (address) => void failures.delete(address),
    ban: (address) => void failures.set(address, { count: MAX_FAILURES, until: now() + BAN_MS }),
    liftAll: () => failures.clear(),
  };
}
