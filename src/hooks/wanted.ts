import type { Config } from '../config/index.ts';
import { isLoopback } from '../util/loopback.ts';
import type { Wanted } from './line.ts';

/**
 * What the lines have to say by the configuration. `port`: the one that the hook API has, where it is known;
 * `null` while `HOOK_PORT` is 0 and no sidecar runs.
 */
export function desiredLine({ hook }: Pick<Config, 'hook'>, port = hook.port): Wanted | null {
  const rest = { urlIsGiven: hook.url !== null, token: hook.token, tool: hook.tool };
  if (hook.url !== null) return { ...rest, url: hook.url };
  return port === 0 ? null : { ...rest, url: `http://${nameOf(hook.host)}:${port}` };
}

/** An address that stands for all of the machine's, or for this machine, is `localhost` in a line. */
function nameOf(host: string): string {
  if (isLoopback(host) || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
