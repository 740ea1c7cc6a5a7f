import { createActor, waitFor } from 'xstate';
import type { SnapshotFrom } from 'xstate';
import type { outboxMachine } from '../machines/outbox.ts';
import type { Hash, Policy } from '../machines/types.ts';
import type { Config } from './config/index.ts';
import type { Logger } from './log/index.ts';
import { noteOf } from './notes.ts';
import { createNtfyClient } from './ntfy/client.ts';
import { createQbittorrentClient } from './qbittorrent/client.ts';
import { createHookApp, createOpsApp, isLoopback, listen } from './server/index.ts';
import type { Listening } from './server/index.ts';
import { isTracked, statusOf } from './status.ts';
import type { Supervisor } from './status.ts';
import { policyOf, provideWorld } from './system.ts';

/** A running sidecar. */
export interface Sidecar {
  readonly supervisor: Supervisor;
  readonly hook: Listening;
  readonly ops: Listening;
  /** Resolves when the supervisor gave up; the process should end then, and be started anew. */
  readonly failed: Promise<void>;
  /** Takes no more hooks, lets what is on its way arrive, and ends: within two seconds. */
  stop(): Promise<void>;
}

export interface StartOptions {
  config: Config;
  log: Logger;
  /** Changes to the numbers that follow from the configuration; for the demo. */
  policy?: Partial<Policy>;
}

/** Milliseconds in which a last message may still leave. */
const LAST_WORDS = 1000;

/**
 * The composition root: builds the clients, hands them to the machines and opens both ports.
 * Rejects when a port can't be had.
 */
export async function start({ config, log, policy }: StartOptions): Promise<Sidecar> {
  const machine = provideWorld({
    qbittorrent: createQbittorrentClient(config.qbittorrent),
    ntfy: createNtfyClient(config.ntfy, config.instance),
    note: (event) => {
      const note = noteOf(event);
      if (note !== null) log[note.level](note.message, note.fields);
    },
  });
  const supervisor = createActor(machine, {
    id: 'supervisor',
    input: { policy: { ...policyOf(config), ...policy }, now: Date.now },
  });
  const failed = new Promise<void>((resolve) => {
    supervisor.subscribe({
      complete: resolve,
      error: (error) => {
        log.error('the supervisor failed', { error });
        resolve();
      },
    });
  });
  const { hook, ops } = await openPorts({ config, log, supervisor });
  supervisor.start();
  return {
    supervisor,
    hook,
    ops,
    failed,
    async stop() {
      await hook.close();
      await lastWords(supervisor);
      supervisor.stop();
      await ops.close();
    },
  };
}

async function openPorts({
  config,
  log,
  supervisor,
}: {
  config: Config;
  log: Logger;
  supervisor: Supervisor;
}) {
  const isActive = () => supervisor.getSnapshot().status === 'active';
  const track = (hash: Hash) => {
    if (isTracked(supervisor, hash)) return 'already';
    supervisor.send({ type: 'track', hash });
    return 'started';
  };
  const { token, host } = config.hook;
  const hookApp = createHookApp({ track, token, loopbackOnly: isLoopback(host), log });
  const opsApp = createOpsApp({
    live: isActive,
    ready: isActive,
    status: () => statusOf(supervisor),
    token: config.ops.token,
    log,
  });
  const hook = await listen(hookApp, { ...config.hook, setting: 'HOOK', log });
  try {
    const ops = await listen(opsApp, { ...config.ops, setting: 'OPS', log });
    log.info('listening', {
      hook: hook.addresses,
      hookPort: hook.port,
      ops: ops.addresses,
      opsPort: ops.port,
    });
    return { hook, ops };
  } catch (error) {
    await hook.close();
    throw error;
  }
}

/** Nothing is on its way to ntfy, and no completion waits. */
const isSilent = ({ context, status }: SnapshotFrom<typeof outboxMachine>) =>
  status !== 'active' || (context.inFlight.size === 0 && context.lanes.completion.size === 0);

async function lastWords(supervisor: Supervisor): Promise<void> {
  const { outbox } = supervisor.getSnapshot().children;
  if (outbox === undefined) return;
  await waitFor(outbox, isSilent, { timeout: LAST_WORDS }).catch(() => undefined);
}
