import { isIPv6 } from 'node:net';
import type { HookConfig } from '../config/index.ts';
import { request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { REQUEST_TIMEOUT } from './address.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Whether a sidecar listens already, or the port is free for one. */
export async function checkHookPort({ host, port, autoInstall }: HookConfig): Promise<Outcome> {
  if (port === 0) {
    if (autoInstall) return ok('any free one: AUTO_INSTALL_HOOK enters the right one');
    return warn('HOOK_PORT is 0: another one at each start', 'Set HOOK_PORT, so that the hook can name it.');
  }
  const reply = await request(`http://${reachable(host)}:${port}/track`, { timeout: REQUEST_TIMEOUT });
  if (reply.ok && isSidecar(reply.value)) return ok(`a sidecar listens on port ${port}`);
  if (!reply.ok && reply.failure.reason === 'connection-refused')
    return ok(`port ${port} is free: no sidecar runs here at the moment`);
  return fail(
    `another program has port ${port}`,
    'Set HOOK_PORT to a free one, and run `install-hook` again.',
  );
}

/** A GET is refused, and how says whose it is. */
function isSidecar({ status, headers, text }: Reply): boolean {
  if (status === 405) return headers.get('allow') === 'POST';
  return (
    (status === 401 && text.includes('HOOK_TOKEN')) || (status === 403 && text.startsWith('Call this as'))
  );
}

function reachable(host: string): string {
  if (/^(?:localhost|0\.0\.0\.0|::|::1)$/i.test(host)) return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
