import { fromCallback, fromPromise } from 'xstate';
import type { EventObject } from 'xstate';
import { discoveryMachine } from '../../machines/discovery/machine.ts';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import type { HookCheck } from '../../machines/hook-installer/types.ts';
import { matcherMachine } from '../../machines/matcher/machine.ts';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import { remoteMachine } from '../../machines/remote/machine.ts';
import type { ExecuteInput, Execution, StreamEvent } from '../../machines/remote/machine.ts';
import { sessionMachine } from '../../machines/session/machine.ts';
import { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { FactEvent } from '../../machines/supervisor/types.ts';
import type { Form, Hash, Notification, Result } from '../../machines/domain.ts';
import { createPolicy } from '../../machines/policy.ts';
import type { Policy } from '../../machines/policy.ts';
import { watcherMachine } from '../../machines/watcher/machine.ts';
import type { Config } from '../config/index.ts';
import type { NtfyClient } from '../ntfy/client.ts';
import type { QbittorrentClient } from '../qbittorrent/client.ts';

/** The implementations behind the actors that the machines invoke. */
export interface ActorDeps {
  qbittorrent: Omit<QbittorrentClient, 'command' | 'sharesFiles'>;
  ntfy: NtfyClient;
  /** Reads and writes the hooks in qBittorrent. */
  ensureHook: (signal: AbortSignal) => Promise<Result<HookCheck>>;
  /** Stores what survives a restart, except records. */
  saveFact: (event: FactEvent) => void;
  /** Resolves when the password or key differs from the one that was sent last. */
  rotation: (signal: AbortSignal) => Promise<void>;
  /** The requests behind the buttons. Default: cards have none. */
  remote?: RemoteActors | undefined;
}

/** The requests behind the buttons of cards. */
export interface RemoteActors {
  /** Reads the command topic, and reports what it reads; the returned function ends that. */
  listen: (since: string | null, report: (event: StreamEvent) => void) => () => void;
  /** Executes a press. */
  execute: (input: ExecuteInput, signal: AbortSignal) => Promise<Execution>;
  /** Whether ntfy updates cards in place; `null`: it does not answer. */
  support: (signal: AbortSignal) => Promise<boolean | null>;
}

interface Publishing {
  notification: Notification;
  form: Form;
}

/**
 * The supervisor's machine with these implementations. Credentials stay in the closures of the clients: contexts and
 * inputs are visible in the inspector.
 */
export function provideActors({ qbittorrent, ntfy, ensureHook, saveFact, rotation, remote }: ActorDeps) {
  return supervisorMachine.provide({
    actors: {
      session: sessionMachine.provide({
        actors: {
          login: fromPromise(({ signal }) => qbittorrent.login(signal)),
          rotation: fromPromise(({ signal }) => rotation(signal)),
        },
      }),
      watcher: watcherMachine.provide({
        actors: {
          observe: fromPromise(
            ({ input, signal }: { input: { hashes: readonly Hash[] }; signal: AbortSignal }) =>
              qbittorrent.observe(input.hashes, signal),
          ),
          matcher: matcherMachine.provide({
            actors: {
              list: fromPromise(
                ({ input, signal }: { input: { hashes: readonly Hash[] }; signal: AbortSignal }) =>
                  qbittorrent.list(input.hashes, signal),
              ),
            },
          }),
          settings: fromPromise(({ signal }) => qbittorrent.settings(signal)),
        },
      }),
      outbox: outboxMachine.provide({
        actors: {
          publish: fromPromise(({ input, signal }: { input: Publishing; signal: AbortSignal }) =>
            ntfy.publish(input.notification, { form: input.form, signal }),
          ),
          allowance: fromPromise(({ signal }) => ntfy.allowance(signal)),
        },
      }),
      store: fromCallback<FactEvent>(({ receive }) => receive(saveFact)),
      discovery: discoveryMachine.provide({
        actors: {
          newest: fromPromise(({ input, signal }: { input: { limit: number }; signal: AbortSignal }) =>
            qbittorrent.newest(input.limit, signal),
          ),
          scan: fromPromise(({ signal }) => qbittorrent.scan(signal)),
        },
      }),
      hookInstaller: hookInstallerMachine.provide({
        actors: { ensure: fromPromise(({ signal }) => ensureHook(signal)) },
      }),
      ...(remote === undefined ? {} : { remote: provideRemote(remote) }),
    },
  });
}

const provideRemote = ({ listen, execute, support }: RemoteActors) =>
  remoteMachine.provide({
    actors: {
      listen: fromCallback<EventObject, { since: string | null }>(({ input, sendBack }) =>
        listen(input.since, sendBack),
      ),
      execute: fromPromise(({ input, signal }: { input: ExecuteInput; signal: AbortSignal }) =>
        execute(input, signal),
      ),
      support: fromPromise(({ signal }) => support(signal)),
    },
  });

/** The policy for a configuration. */
export const policyOf = ({
  poll,
  ntfy,
  progress,
  grouping,
  alerts,
  discover,
  maxTracked,
  hook,
}: Config): Policy =>
  createPolicy({
    pollInterval: poll.interval,
    discoverInterval: discover,
    installHook: hook.autoInstall,
    maxTracked,
    ...alerts,
    rate: ntfy.rate,
    retryMax: ntfy.retryMax,
    progress,
    ...grouping,
  });
