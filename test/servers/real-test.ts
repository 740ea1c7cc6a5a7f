/** Tests that need real servers: skipped with the reason where there are none, failed in CI. */
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ServerFault } from './processes.ts';
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
 * it fails instead, so that a pipeline cannot succeed without them. After a fault of the server itself (`ServerFault`) it
 * runs once more.
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
    if (reason === null) return runAgainAfterFault(t, body);
    if (process.env['CI'] === 'true') throw new Error(`CI needs the real servers: ${reason}`);
    t.skip(reason);
  });
}

async function runAgainAfterFault(t: TestContext, body: (t: TestContext) => Promise<void>): Promise<void> {
  try {
    await body(t);
  } catch (error) {
    const fault = faultIn(error);
    if (fault === null) throw error;
    t.diagnostic(fault.message);
    await body(t);
  }
}

function faultIn(error: unknown): ServerFault | null {
  if (error instanceof ServerFault) return error;
  return error instanceof Error ? faultIn(error.cause) : null;
}
