import { isIPv6 } from 'node:net';
import type { Failure, FailureReason } from '../../machines/domain.ts';
import type { HookConfig } from '../config/index.ts';
import { request } from '../http/request.ts';
import type { Reply } from '../http/request.ts';
import { REQUEST_TIMEOUT } from './address.ts';
import { fail, ok, warn } from './finding.ts';
import type { Outcome } from './finding.ts';

/** Whether a sidecar listens on the port, or it is free. */
export async function checkHookPort({ host, port, autoInstall }: HookConfig): Promise<Outcome> {
  if (port === 0) {
    if (autoInstall) return ok('any free port: AUTO_INSTALL_HOOK installs the hook with the right one');
    return warn(
      'HOOK_PORT is 0: a different port at each start',
      'Set HOOK_PORT to a fixed port for the hook.',
    );
  }
  const reply = await request(`http://${reachable(host)}:${port}/track`, { timeout: REQUEST_TIMEOUT });
  if (reply.ok && isSidecar(reply.value)) return ok(`a sidecar listens on port ${port}`);
  if (!reply.ok && reply.failure.reason === 'connection-refused')
    return ok(`port ${port} is free: no sidecar is running on this machine`);
  if (!reply.ok && !isOpen(reply.failure)) return unreachableOutcome(port, reply.failure);
  return fail(
    `another program uses port ${port}`,
    'Set HOOK_PORT to a free port, and run `install-hook` again.',
  );
}

/** Whether something accepted the connection, and then failed as only another program does. */
function isOpen({ reason }: Failure): boolean {
  return reason !== undefined && ACCEPTED.has(reason);
}

const ACCEPTED: ReadonlySet<FailureReason> = new Set([
  'connection-closed',
  'not-http',
  'answer-too-large',
  'answer-encoded',
]);

function unreachableOutcome(port: number, failure: Failure): Outcome {
  return failure.reason === 'timeout'
    ? fail(
        `whatever listens on port ${port} does not answer`,
        'If it is the sidecar, read its log, and restart it. Otherwise set HOOK_PORT to a free port, and run `install-hook` again.',
      )
    : fail(failure.message, 'Set HOOK_HOST to an address of this machine.');
}

/** By the way in which it refuses a GET. */
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
