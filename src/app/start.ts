import { createActor, waitFor } from 'xstate';
import type { SnapshotFrom } from 'xstate';
import type { StoreReport } from '../../machines/incident/store-notice.ts';
import type { QuietHours, StoredQuietDigest } from '../../machines/quiet/types.ts';
import { createShardOf, SALT_LENGTH } from '../../machines/shard/shard-of.ts';
import { selectDrained } from '../../machines/outbox/selectors.ts';
import type { SupervisorEvent } from '../../machines/supervisor/types.ts';
import type { Policy } from '../../machines/policy.ts';
import { createHookHandlers } from './hook-handlers.ts';
import type { Config } from '../config/index.ts';
import { createEnsureHook } from '../hooks/index.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { countNtfy, countQbittorrent, createMetrics, readingOf } from '../metrics/index.ts';
import type { Call, Metrics } from '../metrics/index.ts';
import { createEventLog } from './event-log.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import { createRecentlyFinished, createPage } from '../page/index.ts';
import type { Page } from '../page/index.ts';
import { createRotation } from '../qbittorrent/rotation.ts';
import { createConnection } from '../qbittorrent/connection.ts';
import { createQbittorrentClient } from '../qbittorrent/client.ts';
import { createHookApp, createOpsApp, isLoopback, listen, OPS_CONNECTIONS } from '../server/index.ts';
import type { Listening } from '../server/index.ts';
import { createRelay } from './relay.ts';
import { subscribeTo } from './subscriptions.ts';
import { statusOf } from './status.ts';
import type { Supervisor } from './status.ts';
import { openStore, restoredState, saveEvent } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { restoredQuietDigest, saveQuietDigest } from '../store/quiet-digest.ts';
import { policyOf, provideActors } from './actors.ts';
import { version } from '../util/version.ts';

/** A running sidecar. */
export interface Sidecar {
  readonly supervisor: Supervisor;
  readonly hook: Listening;
  readonly ops: Listening;
  /** Resolves when the supervisor has ended: the process should end then, and be restarted. */
  readonly failed: Promise<void>;
  /** Closes the hook port, waits a second for messages that are being sent, and stops. Takes at most two seconds. */
  stop(): Promise<void>;
}

export interface StartOptions {
  config: Config;
  log: Logger;
  /** Replaces parts of the policy that the configuration gives; for the demo. */
  policy?: Partial<Policy>;
  /** The quiet hours, which may change; `null`: none at present. Default: there can be none. */
  quietHours?: () => QuietHours | null;
}

/** Bytes. A browser sends the cookies of all programs on this host, of all ports. */
const MAX_OPS_HEADER_SIZE = 16_384;

/** Milliseconds for which `stop` waits for messages that are being sent. */
const DRAIN_TIMEOUT = 1000;

/**
 * The composition root: creates the clients, provides them to the machines and opens both ports. Rejects when a port is
 * not available.
 */
export async function start({ config, log, policy, quietHours }: StartOptions): Promise<Sidecar> {
  const relay = createRelay<SupervisorEvent>();
  const store = openStore({
    dir: config.stateDir,
    log,
    ...createStoreListeners((report) => relay.send(report)),
  });
  const instance = config.instance ?? store.instance;
  const metrics = createMetrics(version);
  const eventLog = createEventLog(log);
  const onCall = (call: Call) => {
    metrics.call(call);
    eventLog.call(call);
  };
  const finished = createRecentlyFinished();
  const { connection, client, rotation } = createQbittorrent(config.qbittorrent);
  let hookPort = config.hook.port;
  const machine = provideActors({
    qbittorrent: countQbittorrent(client, onCall),
    ntfy: countNtfy(createNtfyClient(config.ntfy, cardOptionsOf(config, instance), eventLog), onCall),
    ensureHook: createEnsureHook(config, { connection, port: () => hookPort, log }),
    saveFact: (event) => saveEvent(store, event),
    rotation: (signal) => rotation.until(signal),
  });
  const supervisor = createActor(machine, {
    id: 'supervisor',
    input: {
      policy: { ...policyOf(config), ...policy },
      now: Date.now,
      shardOf: createShardOf(crypto.getRandomValues(new Uint32Array(SALT_LENGTH))),
      ...restoredState(store),
      writeRecord: (event) => saveEvent(store, event),
      ...quietHoursInput(store, quietHours),
    },
  });
  relay.connect(supervisor);
  subscribeTo(supervisor, [metrics.event, eventLog.event, finished.event], log);
  const failed = waitForEnd(supervisor, log);
  const page = createPage({ supervisor, store, finished, timeZone: config.timeZone, now: Date.now, log });
  const { hook, ops } = await openPorts({ config, instance, log, supervisor, store, metrics, page });
  hookPort = hook.port;
  supervisor.start();
  return {
    supervisor,
    hook,
    ops,
    failed,
    async stop() {
      await hook.close();
      await drain(supervisor);
      supervisor.stop();
      store.close();
      page.close();
      await ops.close();
    },
  };
}

/** A stored digest is sent also if the quiet hours were removed from the settings. */
function quietHoursInput(store: Store, hours: StartOptions['quietHours']) {
  const stored = restoredQuietDigest(store);
  if (hours === undefined && stored === null) return {};
  const save = (digest: StoredQuietDigest | null) => saveQuietDigest(store, digest);
  return { quietHours: { hours: hours ?? (() => null), stored, save } };
}

const cardOptionsOf = ({ timeZone, alerts }: Config, instance: string) => ({ instance, timeZone, alerts });

/** The client, and the rotation, which detects that a refused secret was replaced. */
function createQbittorrent(config: Config['qbittorrent']) {
  const connection = createConnection(config);
  const client = createQbittorrentClient(config, connection);
  const rotation = createRotation(config);
  const login: typeof client.login = (signal) => {
    rotation.recordSent();
    return client.login(signal);
  };
  return { connection, rotation, client: { ...client, login } };
}

/** Sends the reports of the store as events. */
const createStoreListeners = (send: (report: StoreReport) => void) => ({
  onDegraded: (problem: string) => send({ type: 'store.degraded', problem }),
  onRepaired: (problem: string) => send({ type: 'store.repaired', problem }),
  onRestored: () => send({ type: 'store.restored' }),
});

/** Resolves when the supervisor has ended, also by an error. */
function waitForEnd(supervisor: Supervisor, log: Logger): Promise<void> {
  return new Promise((resolve) => {
    supervisor.subscribe({
      complete: resolve,
      error: (error) => {
        logBug(log, 'the supervisor failed', error);
        resolve();
      },
    });
  });
}

async function openPorts({
  config,
  instance,
  log,
  supervisor,
  store,
  metrics,
  page,
}: {
  config: Config;
  instance: string;
  log: Logger;
  supervisor: Supervisor;
  store: Store;
  metrics: Metrics;
  page: Page;
}) {
  const isActive = () => supervisor.getSnapshot().status === 'active';
  const { token, host } = config.hook;
  const { proxy } = config.ntfy;
  const hookApp = createHookApp({
    ...createHookHandlers({ supervisor, metrics }),
    token,
    loopbackOnly: isLoopback(host),
    log,
  });
  const opsApp = createOpsApp({
    live: isActive,
    ready: isActive,
    status: () => ({ instance, ...statusOf(supervisor), store: store.health }),
    metrics: () => metrics.page(readingOf(supervisor, store.health)),
    token: config.ops.token,
    page: (guard) => page.routes(guard),
    log,
  });
  const onDrop = () => supervisor.send({ type: 'rescan', why: 'dropped' });
  const hook = await listen(hookApp, { ...config.hook, setting: 'HOOK', log, onDrop });
  try {
    const limits = { maxHeaderSize: MAX_OPS_HEADER_SIZE, connections: OPS_CONNECTIONS };
    const ops = await listen(opsApp, { ...config.ops, ...limits, setting: 'OPS', log });
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

/** Waits until nothing is being sent and no completion can be sent in time, at most `DRAIN_TIMEOUT`. */
async function drain(supervisor: Supervisor): Promise<void> {
  const { outbox } = supervisor.getSnapshot().children;
  if (outbox === undefined) return;
  const isDrained = (snapshot: SnapshotFrom<typeof outbox>) => selectDrained(snapshot, DRAIN_TIMEOUT);
  await waitFor(outbox, isDrained, { timeout: DRAIN_TIMEOUT }).catch(() => undefined);
}
