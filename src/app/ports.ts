import { createHookHandlers } from './hook-handlers.ts';
import type { Config } from '../config/index.ts';
import type { Logger } from '../log/index.ts';
import { readingOf } from '../metrics/index.ts';
import type { Metrics } from '../metrics/index.ts';
import type { Page } from '../page/index.ts';
import {
  createHookApp,
  createOpsApp,
  HOOK_ACCEPTORS,
  isLoopback,
  listen,
  OPS_ACCEPTORS,
  OPS_CONNECTIONS,
} from '../server/index.ts';
import type { RuntimeRouting } from './routing.ts';
import { digestOf } from './digest-status.ts';
import { historyOf } from './history.ts';
import { statusOf } from './status.ts';
import type { Supervisor } from './status.ts';
import type { Store } from '../store/index.ts';

/** Bytes. A browser sends the cookies of all programs on this host, of all ports. */
const MAX_OPS_HEADER_SIZE = 16_384;

const HOOK_LIMITS = { setting: 'HOOK', acceptors: HOOK_ACCEPTORS };

const OPS_LIMITS = {
  setting: 'OPS',
  maxHeaderSize: MAX_OPS_HEADER_SIZE,
  connections: OPS_CONNECTIONS,
  acceptors: OPS_ACCEPTORS,
};

/** Whether the process works, for the probes. */
function healthOf(supervisor: Supervisor) {
  const isActive = () => supervisor.getSnapshot().status === 'active';
  return { live: isActive, ready: isActive };
}

/** Opens the hook API and the operations port. Rejects when one is not available. */
export async function openPorts({
  config,
  instance,
  log,
  supervisor,
  store,
  metrics,
  page,
  routing,
}: {
  config: Config;
  instance: string;
  log: Logger;
  supervisor: Supervisor;
  store: Store;
  metrics: Metrics;
  page: Page;
  routing: RuntimeRouting | undefined;
}) {
  const { token, host } = config.hook;
  const { proxy } = config.ntfy;
  const hookApp = createHookApp({
    ...createHookHandlers({ supervisor, metrics }),
    token,
    loopbackOnly: isLoopback(host),
    log,
  });
  const opsApp = createOpsApp({
    ...healthOf(supervisor),
    status: () => ({ instance, ...statusOf(supervisor), store: store.health }),
    digest: (id) => digestOf(supervisor, id),
    history: (query) => historyOf(store.history, query),
    metrics: () => metrics.page(readingOf(supervisor, store.health, routing?.names())),
    token: config.ops.token,
    page: (guard) => page.routes(guard),
    log,
  });
  const onDrop = () => supervisor.send({ type: 'rescan', why: 'dropped' });
  const hook = await listen(hookApp, { ...config.hook, ...HOOK_LIMITS, log, onDrop });
  try {
    const ops = await listen(opsApp, { ...config.ops, ...OPS_LIMITS, log });
    log.info('listening', {
      instance,
      hook: hook.addresses,
      hookPort: hook.port,
      ops: ops.addresses,
      opsPort: ops.port,
      ...(proxy === undefined ? {} : { proxyToNtfy: proxy.host }),
    });
    return { hook, ops };
  } catch (error) {
    await hook.close();
    throw error;
  }
}
