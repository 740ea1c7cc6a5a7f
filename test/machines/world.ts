/** The whole system in simulated time: a supervisor with a qBittorrent and an ntfy that do as the test says. */
import { createActor, fromPromise, SimulatedClock } from 'xstate';
import type { AnyActorRef } from 'xstate';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { outboxMachine } from '../../machines/outbox/machine.ts';
import { shardMachine } from '../../machines/shard/machine.ts';
import { isFinal } from '../../machines/torrent/finish.ts';
import type { Sounds } from '../../machines/supervisor/sounds.ts';
import { sessionMachine } from '../../machines/session/machine.ts';
import { supervisorMachine } from '../../machines/supervisor/machine.ts';
import type { SupervisorEvent } from '../../machines/supervisor/types.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';
import { isUnchanged } from '../../machines/torrent/setup.ts';
import { discoveryMachine } from '../../machines/discovery/machine.ts';
import { matcherMachine } from '../../machines/matcher/machine.ts';
import type {
  Form,
  Hash,
  Notification,
  Observation,
  Policy,
  TorrentRecord,
  Result,
} from '../../machines/domain.ts';
import { watcherMachine } from '../../machines/watcher/machine.ts';
import { partitionOf, policy, SECOND, seen } from './fixtures.ts';
import { later, pass } from './harness.ts';
import { createPhone } from './world-phone.ts';
import type { Phone } from './world-phone.ts';
import { createScript } from './world-script.ts';
import type { Script } from './world-script.ts';

export type Call =
  | { to: 'login' | 'list' | 'settings' | 'scan' | 'ensure' | 'allowance'; at: number }
  | { to: 'observe'; at: number; hashes: readonly Hash[] }
  | { to: 'newest'; at: number; limit: number }
  | { to: 'publish'; at: number; notification: Notification };

export interface WorldOptions {
  policy?: Partial<Policy>;
  records?: readonly TorrentRecord[];
  sounds?: Sounds;
}

/** What a request is made with. */
interface Asked<Input> {
  input: Input;
  signal: AbortSignal;
}

function provide(
  script: Script,
  phone: Phone,
  calls: Call[],
  events: SupervisorEvent[],
  clock: SimulatedClock,
) {
  const answer = <T>(call: Call, signal: AbortSignal, result: () => T): Promise<T> => {
    calls.push(call);
    const hangs = script.hangs[call.to] ?? 0;
    if (hangs > 0) {
      script.hangs[call.to] = hangs - 1;
      script.hung.push(signal);
      return new Promise(() => {});
    }
    return later(clock, script.latency[call.to], null).then(result);
  };
  const at = () => clock.now();
  const list = fromPromise<Result<Observation[]>, { hashes: readonly Hash[] }>(({ signal }) =>
    answer({ to: 'list', at: at() }, signal, () => script.list()),
  );
  return supervisorMachine.provide({
    actors: {
      session: sessionMachine.provide({
        actors: {
          login: fromPromise(({ signal }) => answer({ to: 'login', at: at() }, signal, () => script.login())),
        },
      }),
      watcher: watcherMachine.provide({
        actors: {
          observe: fromPromise(({ input: { hashes }, signal }: Asked<{ hashes: readonly Hash[] }>) =>
            answer({ to: 'observe', at: at(), hashes }, signal, () => script.observe(hashes)),
          ),
          matcher: matcherMachine.provide({ actors: { list } }),
          settings: fromPromise(({ signal }) =>
            answer({ to: 'settings', at: at() }, signal, () => script.settings()),
          ),
        },
      }),
      discovery: discoveryMachine.provide({
        actors: {
          newest: fromPromise(({ input: { limit }, signal }: Asked<{ limit: number }>) =>
            answer({ to: 'newest', at: at(), limit }, signal, () => script.newest(limit)),
          ),
          scan: fromPromise(({ signal }) => answer({ to: 'scan', at: at() }, signal, () => script.scan())),
        },
      }),
      outbox: outboxMachine.provide({
        actors: {
          allowance: fromPromise(({ signal }) =>
            answer({ to: 'allowance', at: at() }, signal, () => script.allowance()),
          ),
          publish: fromPromise(({ input, signal }: Asked<{ notification: Notification; form: Form }>) =>
            answer({ to: 'publish', at: at(), notification: input.notification }, signal, () => {
              const publication = script.publish(input.notification);
              if (publication.ok) phone.receive(input.notification);
              return publication;
            }),
          ),
        },
      }),
      hookInstaller: hookInstallerMachine.provide({
        actors: {
          ensure: fromPromise(({ signal }) =>
            answer({ to: 'ensure', at: at() }, signal, () => script.ensure()),
          ),
        },
      }),
      shard: shardMachine.provide({
        actors: {
          torrent: torrentMachine.provide({
            guards: {
              complete: ({ context }) => {
                if (script.poisoned.has(context.key)) throw new Error('poisoned');
                const { sight, at, completion } = context.seen;
                return isFinal(sight, at, completion);
              },
              unchanged: ({ context }, look) => {
                if (script.poisoned.has(context.key)) throw new Error('poisoned');
                return isUnchanged(context, look);
              },
            },
          }),
        },
      }),
    },
    actions: { note: ({ event }) => void events.push(event) },
  });
}

/** Starts the world; it stands still until somebody calls `pass`. */
export function startWorld(options: WorldOptions = {}) {
  const clock = new SimulatedClock();
  const torrents = new Map<Hash, Observation>();
  const script = createScript(torrents, clock);
  const phone = createPhone();
  const calls: Call[] = [];
  const events: SupervisorEvent[] = [];
  const machine = provide(script, phone, calls, events, clock);
  const supervisor = createActor(machine, {
    clock,
    input: {
      policy: { ...policy, ...options.policy },
      now: () => clock.now() + script.skew,
      partitionOf,
      records: options.records ?? [],
      sounds: options.sounds ?? {},
    },
  });
  supervisor.start();
  return {
    clock,
    torrents,
    script,
    phone,
    calls,
    events,
    supervisor,
    pass: (ms: number) => pass(clock, ms),
    track: (hash: Hash) => supervisor.send({ type: 'torrent.track', hash }),
    finish: (hash: Hash) => supervisor.send({ type: 'torrent.markFinished', hash }),
    /** qBittorrent's view of a torrent from now on; no ETA is right for ever. */
    set: (hash: Hash, over: Partial<Observation> = {}) =>
      void torrents.set(hash, seen({ hash, eta: null, ...torrents.get(hash), ...over })),
    count: (to: Call['to'], since = 0) => calls.filter((call) => call.to === to && call.at >= since).length,
    published: () => calls.flatMap((call) => (call.to === 'publish' ? [call.notification] : [])),
    records: () => [...supervisor.getSnapshot().context.registry.records.values()],
  };
}

export type World = ReturnType<typeof startWorld>;

/** A world in which this torrent downloads and has a card. */
export async function startDownload(hash: Hash): Promise<World> {
  const world = startWorld();
  world.set(hash, { progress: 0.5 });
  world.track(hash);
  await world.pass(10 * SECOND);
  return world;
}

/** The completions that were sent, taken or not. */
export const completionsOf = (world: World) =>
  world.published().flatMap((notification) => (notification.kind === 'completion' ? [notification] : []));

/** Whether no torrent is followed any more. */
export const isOver = (world: World): boolean => world.records().length === 0;

/** The state of each torrent's actor, by its key. */
export function actorsOf({ supervisor }: World): Map<Hash, string> {
  const states = new Map<Hash, string>();
  for (const [id, shard] of Object.entries(supervisor.getSnapshot().children)) {
    if (!id.startsWith('shard.') || shard === undefined) continue;
    const { children } = shard.getSnapshot() as { children?: Record<Hash, AnyActorRef | undefined> };
    for (const [key, torrent] of Object.entries(children ?? {})) {
      if (torrent !== undefined) states.set(key, JSON.stringify(torrent.getSnapshot().value));
    }
  }
  return states;
}
