import { fromPromise } from 'xstate';
import { outboxMachine } from '../machines/outbox.ts';
import { sessionMachine } from '../machines/session.ts';
import { supervisorMachine } from '../machines/supervisor.ts';
import type { SupervisorEvent } from '../machines/supervisor/setup.ts';
import type { Hash, Notification, Policy } from '../machines/types.ts';
import { watcherMachine } from '../machines/watcher.ts';
import type { Config } from './config/index.ts';
import type { NtfyClient } from './ntfy/client.ts';
import type { QbittorrentClient } from './qbittorrent/client.ts';

/** The world that the machines only name. */
export interface World {
  qbittorrent: QbittorrentClient;
  ntfy: NtfyClient;
  /** Hears of everything that reaches the supervisor. */
  note: (event: SupervisorEvent) => void;
}

/** The machines with the world handed in. Credentials stay in the clients' closures: inspectors see contexts and inputs. */
export function provideWorld({ qbittorrent, ntfy, note }: World) {
  return supervisorMachine.provide({
    actors: {
      session: sessionMachine.provide({
        actors: { login: fromPromise(({ signal }) => qbittorrent.login(signal)) },
      }),
      watcher: watcherMachine.provide({
        actors: {
          observe: fromPromise(
            ({ input, signal }: { input: { hashes: readonly Hash[] }; signal: AbortSignal }) =>
              qbittorrent.observe(input.hashes, signal),
          ),
          list: fromPromise(({ signal }) => qbittorrent.list(signal)),
        },
      }),
      outbox: outboxMachine.provide({
        actors: {
          publish: fromPromise(
            ({ input, signal }: { input: { notification: Notification }; signal: AbortSignal }) =>
              ntfy.publish(input.notification, signal),
          ),
        },
      }),
      scan: fromPromise(({ signal }) => qbittorrent.scan(signal)),
    },
    actions: { note: ({ event }) => note(event) },
  });
}

/** How often, how long, how much; times in milliseconds. */
export function policyOf({ poll, ntfy, progress }: Config): Policy {
  return {
    pollInterval: poll.interval,
    idleInterval: 30_000,
    gather: Math.min(1000, poll.interval),
    settle: 2 * poll.interval,
    stall: 24 * poll.interval,
    rate: ntfy.rate,
    retryMax: ntfy.retryMax,
    progress,
  };
}
