import type { Policy } from '../../machines/policy.ts';
import { startRules } from '../../src/app/rules.ts';
import { start } from '../../src/app/start.ts';
import type { Sidecar, StartOptions } from '../../src/app/start.ts';
import { parseConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/index.ts';

/**
 * Starts a sidecar in this process, on free ports, that polls each second. Each download, completion and alert
 * has its own card.
 *
 * @param log collects its log lines
 * @param policy intervals that no setting makes as short
 * @param rules the rules, and hours that a test can end
 */
export async function startSidecar(
  env: Record<string, string>,
  log: string[] = [],
  policy: Partial<Policy> = {},
  rules: Pick<StartOptions, 'routing' | 'quietHours'> = {},
): Promise<Sidecar> {
  const parsed = parseConfig({
    HOOK_PORT: '0',
    OPS_PORT: '0',
    OPS_HOST: '127.0.0.1',
    POLL_INTERVAL: '1s',
    NTFY_RATE: 'unlimited',
    DIGEST_FROM: 'never',
    SUMMARY_FROM: 'never',
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.message);
  const logger = createLogger({ level: 'debug', pretty: false, write: (line) => log.push(line) });
  const { config } = parsed;
  const opened = await startRules(config, logger);
  if (!opened.ok) throw new Error(opened.message);
  return start({ config, log: logger, policy, ...opened.rules, ...rules });
}

/** The hook line of the README, with this sidecar's port. */
export function hookLine({ hook }: Sidecar): string {
  return `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${hook.port}/track?hash=%K"`;
}
