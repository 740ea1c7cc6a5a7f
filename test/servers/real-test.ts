/** Tests that need real servers: skipped with the reason where there are none, failed in CI. */
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ServerCrashed } from './processes.ts';
import { unavailable } from './programs.ts';
import type { Need } from './programs.ts';

/** What the test needs, and its time limit. */
export interface RealTestOptions {
  needs: readonly Need[];
  /** Milliseconds; default: the runner's. */
  timeout?: number;
}

/**
 * A test on real servers. Where they are not available it is skipped with the reason; with `CI=true`
 * it fails instead, so that a pipeline cannot succeed without them. When a server itself crashes, the test runs once more.
 *
 * @example
 * realTest('a finished download is announced once', { needs: ['qbittorrent current', 'ntfy current'] }, async () => {
 *   await using qbittorrent = await startQbittorrent('current');
 * });
 */
export function realTest(
  title: string,
  options: RealTestOptions,
  body: (t: TestContext) => Promise<void>,
): void {
  const { needs, ...testOptions } = options;
  void test(title, testOptions, async (t) => {
    const reason = await unavailable(needs);
    if (reason === null) return runAgainAfterCrash(t, body);
    if (process.env['CI'] === 'true') throw new Error(`CI needs the real servers: ${reason}`);
    t.skip(reason);
  });
}

async function runAgainAfterCrash(t: TestContext, body: (t: TestContext) => Promise<void>): Promise<void> {
  try {
    await body(t);
  } catch (error) {
    const crash = crashIn(error);
    if (crash === null) throw error;
    t.diagnostic(crash.message);
    await body(t);
  }
}

function crashIn(error: unknown): ServerCrashed | null {
  if (error instanceof ServerCrashed) return error;
  return error instanceof Error ? crashIn(error.cause) : null;
}
