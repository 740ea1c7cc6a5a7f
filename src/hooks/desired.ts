import type { Config } from '../config/index.ts';
import { isLoopback } from '../util/loopback.ts';
import type { DesiredLine } from './line.ts';

/**
 * What the hook lines have to contain for this configuration. `port`: the port of the hook API; `null` while `HOOK_PORT`
 * is 0 and no sidecar runs.
 */
export function desiredLine({ hook }: Pick<Config, 'hook'>, port = hook.port): DesiredLine | null {
  const rest = { isUrlGiven: hook.url !== null, token: hook.token, tool: hook.tool };
  if (hook.url !== null) return { ...rest, url: hook.url };
  return port === 0 ? null : { ...rest, url: `http://${nameOf(hook.host)}:${port}` };
}

/** Loopback and unspecified addresses are `localhost` in a line. */
function nameOf(host: string): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
