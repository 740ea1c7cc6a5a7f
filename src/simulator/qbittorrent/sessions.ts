/** Sessions and bans of the simulated qBittorrent. */
import { randomBytes } from 'node:crypto';

/** Failures of one address before it is banned, and for how long. */
const MAX_FAILURES = 5;
const BAN_MS = 3_600_000;

export interface Sessions {
  /** Seconds. */
  timeout: number;
  /** Opens one and returns its cookie value; over the limit the least recently used one ends. */
  open: () => string;
  /** Whether it lives; using it keeps it alive. */
  use: (id: string) => boolean;
  /** Half of the cookie's time is over: it is to be sent again. Says so once. */
  isDue: (id: string) => boolean;
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

interface Session {
  usedAt: number;
  cookieAt: number;
}

/** `timeout` in seconds, 0 = never. */
export function createSessions(timeout: number, limit: number, now: () => number): Sessions {
  // A Map keeps the order of insertion; using a session inserts it again, so the first is the oldest.
  const sessions = new Map<string, Session>();
  const lives = ({ usedAt }: Session) => timeout === 0 || now() - usedAt <= timeout * 1000;
  return {
    timeout,
    open: () => {
      for (const [id, session] of sessions) if (!lives(session)) sessions.delete(id);
      const id = newId();
      sessions.set(id, { usedAt: now(), cookieAt: now() });
      const [oldest] = sessions.keys();
      if (sessions.size > limit && oldest !== undefined) sessions.delete(oldest);
      return id;
    },
    use: (id) => {
      const session = sessions.get(id);
      if (!session) return false;
      sessions.delete(id);
      if (!lives(session)) return false;
      sessions.set(id, { ...session, usedAt: now() });
      return true;
    },
    isDue: (id) => {
      const session = sessions.get(id);
      if (!session || timeout === 0 || now() - session.cookieAt < timeout * 500) return false;
      session.cookieAt = now();
      return true;
    },
    close(id) {
      sessions.delete(id);
    },
    expireAll: () => sessions.clear(),
    count: () => sessions.size,
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
    forgive(address) {
      failures.delete(address);
    },
    ban(address) {
      failures.set(address, { count: MAX_FAILURES, until: now() + BAN_MS });
    },
    liftAll: () => failures.clear(),
  };
}
