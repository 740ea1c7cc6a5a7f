/** Sessions and bans of the simulated qBittorrent. */
import { randomBytes } from 'node:crypto';

/** Failures of one address until it is banned, and the duration of the ban. */
const MAX_FAILURES = 5;
const BAN_MS = 3_600_000;

export interface Sessions {
  /** Seconds. */
  timeout: number;
  /** Opens a session and returns its cookie value; over the limit, the least recently used session ends. */
  open: () => string;
  /** Whether the session is valid; renews it. */
  use: (id: string) => boolean;
  /** Whether the cookie must be sent again, because half of its lifetime is over; `true` only once. */
  isDue: (id: string) => boolean;
  close: (id: string) => void;
  expireAll: () => void;
  count: () => number;
}

/** Raw base64 with `+` or `/`, like the real IDs: a client must not encode it again. */
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
  // A Map keeps the insertion order, and `use` inserts the session again: the first one is the least recently used.
  const sessions = new Map<string, Session>();
  const isValid = ({ usedAt }: Session) => timeout === 0 || now() - usedAt <= timeout * 1000;
  return {
    timeout,
    open: () => {
      for (const [id, session] of sessions) if (!isValid(session)) sessions.delete(id);
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
      if (!isValid(session)) return false;
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
  /** Bans immediately, as after five failures. */
  ban: (address: string) => void;
  liftAll: () => void;
}

/** Failures never expire: only a success or the end of the ban resets them. */
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
