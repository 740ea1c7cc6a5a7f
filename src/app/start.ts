import { createActor, waitFor } from 'xstate';
import type { SnapshotFrom } from 'xstate';
import type { StoreReport } from '../../machines/incident/store-notice.ts';
import type { QuietHours } from '../../machines/quiet/types.ts';
import { createShardOf, SALT_LENGTH } from '../../machines/shard/shard-of.ts';
import { selectDrained } from '../../machines/outbox/selectors.ts';
import type { SupervisorEvent } from '../../machines/supervisor/types.ts';
import type { Policy } from '../../machines/policy.ts';
import type { Config } from '../config/index.ts';
import { createEnsureHook } from '../hooks/index.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { countNtfy, countQbittorrent, createMetrics } from '../metrics/index.ts';
import type { Call } from '../metrics/index.ts';
import { createButtons } from './buttons.ts';
import { cardOptionsOf } from './card-options.ts';
import { createEventLog } from './event-log.ts';
import type { RulesReport, StoredNotices } from '../../machines/incident/notices.ts';
import { formatOptionsOf } from '../format/options.ts';
import { createNtfyClient } from '../ntfy/client.ts';
import type { NtfyClient } from '../ntfy/client.ts';
import { createPage, createPhonePreview, createRecentHistory } from '../page/index.ts';
import type { PhonePreview } from '../page/index.ts';
import { createRotation } from '../qbittorrent/rotation.ts';
import { createConnection } from '../qbittorrent/connection.ts';
import { createQbittorrentClient } from '../qbittorrent/client.ts';
import type { QbittorrentClient } from '../qbittorrent/client.ts';
import type { Listening } from '../server/index.ts';
import { openPorts } from './ports.ts';
import { withSpeeds } from './speeds.ts';
import { createRelay } from './relay.ts';
import { createGuard, subscribeTo } from './subscriptions.ts';
import type { Supervisor } from './status.ts';
import type { StyleOf } from '../ntfy/style-of.ts';
import type { RuntimeRouting } from './routing.ts';
import { createSaveFact, createStoredRoutes, storedInput } from './stored-input.ts';
import { openStore } from '../store/index.ts';
import { policyOf, provideActors } from './actors.ts';
import { version } from '../util/version.ts';

/** A running sidecar. */
export interface Sidecar {
  readonly supervisor: Supervisor;
  readonly hook: Listening;
  readonly ops: Listening;
  /** What the page shows as the phone. */
  readonly preview: PhonePreview;
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
  /** The rules of `RULES_FILE`. Default: none. */
  routing?: RuntimeRouting;
  /** The quiet hours, which may change; `null`: none at present. Default: there can be none. */
  quietHours?: () => QuietHours | null;
}

/**
 * A category that is changed takes effect within 30 s, also of the last of 10,000 torrents: until its next poll, plus
 * 1.5 s in which qBittorrent does not show it, and the time in which the answer is processed.
 */
const RULES_POLICY: Partial<Policy> = { idleInterval: 27_000 };

/** Milliseconds for which `stop` waits for messages that are being sent. */
const DRAIN_TIMEOUT = 1000;

/**
 * The composition root: creates the clients, provides them to the machines and opens both ports. Rejects when a port is
 * not available.
 */
export async function start({ config, log, policy, routing, quietHours }: StartOptions): Promise<Sidecar> {
  const relay = createRelay<SupervisorEvent>();
  const listeners = createStoreListeners((report) => relay.send(report));
  const store = openStore({ dir: config.stateDir, log, history: config.history, ...listeners });
  const instance = config.instance ?? store.instance;
  const routes = createStoredRoutes(config, store, routing);
  const metrics = createMetrics(version);
  const eventLog = createEventLog(log);
  const recent = createRecentHistory(store.history);
  const preview = createPhonePreview();
  const { connection, client, rotation, speeds } = createQbittorrent(config.qbittorrent, log);
  let hookPort = config.hook.port;
  const buttons = createButtons({ config, store, instance });
  const ntfy = createNtfyClient(config.ntfy, cardOptionsOf(config, instance, buttons?.card), {
    ...eventLog,
    // An accepted message whose publishing failed here would be sent again, with another sound.
    onAccepted: createGuard(log)(preview.onAccepted),
    topicOf: routes.topicOf,
    styleOf: styleOf(routing),
  });
  const clients = withCounts({ qbittorrent: client, ntfy }, [metrics.call, eventLog.call]);
  const machine = provideActors({
    ...clients,
    remote: buttons?.actors(clients, metrics.pressRejected),
    ensureHook: createEnsureHook(config, { connection, port: () => hookPort, log }),
    saveFact: createSaveFact(store, routes),
    rotation: (signal) => rotation.until(signal),
  });
  const stored = storedInput(store, routes, { routing, quietHours, buttons });
  const withRules = routing === undefined ? {} : RULES_POLICY;
  const supervisor = createSupervisor(machine, { ...policyOf(config), ...withRules, ...policy }, stored);
  relay.connect(supervisor);
  speeds.connect(supervisor);
  reportRules((report) => supervisor.send(report), routing, stored.notices);
  subscribeTo(supervisor, [metrics.event, eventLog.event, recent.event], log);
  const failed = waitForEnd(supervisor, log);
  const formats = formatOptionsOf(config);
  const page = createPage({ supervisor, store, recent, preview, speeds, ...formats, now: Date.now, log });
  const { hook, ops } = await openPorts({ config, instance, log, supervisor, store, metrics, page, routing });
  hookPort = hook.port;
  supervisor.start();
  return {
    supervisor,
    hook,
    ops,
    preview,
    failed,
    async stop() {
      await hook.close();
      supervisor.send({ type: 'process.stopping' });
      await drain(supervisor);
      supervisor.stop();
      store.close();
      page.close();
      await ops.close();
    },
  };
}

const createSupervisor = (
  machine: ReturnType<typeof provideActors>,
  policy: Policy,
  stored: ReturnType<typeof storedInput>,
): Supervisor =>
  createActor(machine, {
    id: 'supervisor',
    input: {
      policy,
      now: Date.now,
      shardOf: createShardOf(crypto.getRandomValues(new Uint32Array(SALT_LENGTH))),
      ...stored,
    },
  });

interface Clients {
  qbittorrent: QbittorrentClient;
  ntfy: NtfyClient;
}

/** The clients, each of whose calls is counted and logged. */
function withCounts({ qbittorrent, ntfy }: Clients, listeners: ReadonlyArray<(call: Call) => void>): Clients {
  const onCall = (call: Call) => {
    for (const listener of listeners) listener(call);
  };
  return { qbittorrent: countQbittorrent(qbittorrent, onCall), ntfy: countNtfy(ntfy, onCall) };
}

const styleOf =
  (routing: RuntimeRouting | undefined): StyleOf =>
  (rule, kind) =>
    routing?.styleOf(rule, kind);

/** Reports the rules now and after each change. Without any, cards about them may be left by an earlier process. */
function reportRules(
  send: (report: RulesReport) => void,
  routing: RuntimeRouting | undefined,
  notices: StoredNotices | undefined,
): void {
  if (routing !== undefined) routing.connect(send);
  else if (notices !== undefined) send({ type: 'rules.loaded', routes: [] });
}

/** The client, the speeds that its polls show, and the rotation, which detects that a refused secret was replaced. */
function createQbittorrent(config: Config['qbittorrent'], log: Logger) {
  const connection = createConnection(config);
  const client = createQbittorrentClient(config, connection);
  const rotation = createRotation(config);
  const login: typeof client.login = (signal) => {
    rotation.recordSent();
    return client.login(signal);
  };
  return { connection, rotation, ...withSpeeds({ ...client, login }, log) };
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

/** Waits until nothing is being sent and no completion can be sent in time, at most `DRAIN_TIMEOUT`. */
async function drain(supervisor: Supervisor): Promise<void> {
  const { outbox } = supervisor.getSnapshot().children;
  if (outbox === undefined) return;
  const isDrained = (snapshot: SnapshotFrom<typeof outbox>) => selectDrained(snapshot, DRAIN_TIMEOUT);
  await waitFor(outbox, isDrained, { timeout: DRAIN_TIMEOUT }).catch(() => undefined);
}
