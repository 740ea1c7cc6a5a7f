import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';

export interface Spy {
  /** Transactions that were begun since the last call. */
  attempts(): number;
  /** Transactions that were committed since the last call. */
  commits(): number;
  /** Those of them that survive a power loss. */
  durable(): number;
  /** The connection that was used last. */
  database(): DatabaseSync;
}

/** Records the calls of SQLite. Counts begin at 0. */
export function spyOnSqlite(t: TestContext): Spy {
  let seen: DatabaseSync | undefined;
  let level = '';
  const counts = { attempts: 0, commits: 0, durable: 0 };
  const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
    sql: string,
  ) => void;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    // oxlint-disable-next-line typescript/no-this-alias -- the test needs the connection
    seen = this;
    if (sql === 'BEGIN IMMEDIATE') counts.attempts += 1;
    exec.call(this, sql);
    level = /synchronous = (\w+)/.exec(sql)?.[1] ?? level;
    if (sql === 'COMMIT') counts.commits += 1;
    if (sql === 'COMMIT' && level === 'FULL') counts.durable += 1;
  });
  const take = (name: keyof typeof counts) => () => {
    const count = counts[name];
    counts[name] = 0;
    return count;
  };
  return {
    attempts: take('attempts'),
    commits: take('commits'),
    durable: take('durable'),
    database() {
      if (seen === undefined) throw new Error('SQLite was not called');
      return seen;
    },
  };
}

/** Counts the timers that are started from now on and are neither cleared nor fired. */
export function spyOnTimers(t: TestContext): () => number {
  const live = new Set<unknown>();
  const { setTimeout: begin, clearTimeout: end } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (call: () => void, delay: number) => {
    const timer = begin(() => {
      live.delete(timer);
      call();
    }, delay);
    live.add(timer);
    return timer;
  });
  t.mock.method(globalThis, 'clearTimeout', (timer: NodeJS.Timeout | undefined) => {
    live.delete(timer);
    end(timer);
  });
  return () => live.size;
}
