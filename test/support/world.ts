/** The whole system in simulated time: a supervisor with a scripted qBittorrent and ntfy. */
import { createActor, SimulatedClock } from 'xstate';
import type { AnyActorRef } from 'xstate';
import type { Hash, Notification, Observation, TorrentRecord } from '../../machines/domain.ts';
import type { StoredNotices } from '../../machines/incident/notices.ts';
import type { Policy } from '../../machines/policy.ts';
import type { QuietHoursInput } from '../../machines/quiet/types.ts';
import type { Rules } from '../../machines/routing/rules.ts';
import type { LeftCard } from '../../machines/supervisor/left-cards.ts';
import type { Sounds } from '../../machines/supervisor/sounds.ts';
import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { FactEvent, RecordEvent } from '../../machines/supervisor/types.ts';
import { provideActors } from '../../src/app/actors.ts';
import type { ActorDeps, RemoteActors } from '../../src/app/actors.ts';
import type { ExecuteInput } from '../../machines/remote/machine.ts';
import { createCommandTopic } from './command-topic.ts';
import type { ButtonStore } from './command-topic.ts';
import { shardOf, policy, SECOND, seen } from '../machines/fixtures.ts';
import { later, pass } from '../machines/harness.ts';
import { createDigestStore } from './digest-store.ts';
import type { DigestStore } from './digest-store.ts';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import { poisonable } from './poison.ts';
import { createScript } from './world-script.ts';
import type { Script } from './world-script.ts';

export type Call =
  | { to: 'login' | 'list' | 'settings' | 'scan' | 'ensure' | 'allowance'; at: number }
  | { to: 'observe'; at: number; hashes: readonly Hash[] }
  | { to: 'newest'; at: number; limit: number }
  | { to: 'publish'; at: number; notification: Notification }
  | { to: 'support'; at: number }
  | ({ to: 'execute'; at: number } & ExecuteInput);

export interface WorldOptions {
  policy?: Partial<Policy>;
  records?: readonly TorrentRecord[];
  /** Writes a change of a record. Default: nothing is written. */
  onWrite?: (event: RecordEvent) => void;
  sounds?: Sounds;
  /** The rules in force. Default: none. */
  rules?: Rules;
  notices?: StoredNotices;
  leftCards?: readonly LeftCard[];
  /** The topics on which an earlier process has left a summary. */
  summaries?: readonly string[];
  quietHours?: QuietHoursInput;
  /** The digests of an earlier process. */
  digests?: DigestStore;
  /** Cards have buttons. An earlier process has stored these presses. */
  buttons?: ButtonStore;
  /** The app that shows the notifications. Default: Android's. */
  app?: 'android' | 'web push';
  /** The phone of an earlier process. */
  phone?: Phone;
  /** Milliseconds by which the wall clock is ahead of the timers' clock at the start. */
  skew?: number;
}

/** Called with what a poll has requested and found. */
type PollListener = (asked: readonly Hash[], found: readonly Observation[]) => void;

/** Clients that answer as the script defines, each call after its latency; `calls` records the requests. */
function createClients(script: Script, receive: (notification: Notification) => void, clock: SimulatedClock) {
  const calls: Call[] = [];
  const pollListeners: PollListener[] = [];
  const answer = <T>(call: Call, signal: AbortSignal | undefined, result: () => T): Promise<T> => {
    calls.push(call);
    const request = call.to === 'execute' ? 'command' : call.to;
    const hangs = script.hangs[request] ?? 0;
    if (hangs > 0) {
      script.hangs[request] = hangs - 1;
      if (signal !== undefined) script.hung.push(signal);
      return new Promise(() => {});
    }
    return later(clock, script.latency[call.to], null).then(result);
  };
  const at = () => clock.now();
  const clients: Pick<ActorDeps, 'qbittorrent' | 'ntfy' | 'ensureHook'> = {
    qbittorrent: {
      login: (signal) => answer({ to: 'login', at: at() }, signal, () => script.login()),
      observe: (hashes, signal) =>
        answer({ to: 'observe', at: at(), hashes }, signal, () => {
          const result = script.observe(hashes);
          if (result.ok) for (const listener of pollListeners) listener(hashes, result.value);
          return result;
        }),
      list: (_, signal) => answer({ to: 'list', at: at() }, signal, () => script.list()),
      newest: (limit, signal) =>
        answer({ to: 'newest', at: at(), limit }, signal, () => script.newest(limit)),
      settings: (signal) => answer({ to: 'settings', at: at() }, signal, () => script.settings()),
      scan: (signal) => answer({ to: 'scan', at: at() }, signal, () => script.scan()),
    },
    ntfy: {
      publish: (notification, { signal } = {}) =>
        answer({ to: 'publish', at: at(), notification }, signal, () => {
          const publication = script.publish(notification);
          if (publication.ok) receive(notification);
          return publication;
        }),
      allowance: (signal) => answer({ to: 'allowance', at: at() }, signal, () => script.allowance()),
      knowsSequences: () => Promise.resolve(null),
    },
    ensureHook: (signal) => answer({ to: 'ensure', at: at() }, signal, () => script.ensure()),
  };
  const remote: RemoteActors = {
    ...createCommandTopic(script),
    execute: (input, signal) =>
      answer({ to: 'execute', at: at(), ...input }, signal, () => script.execute(input)),
    support: (signal) => answer({ to: 'support', at: at() }, signal, () => script.support()),
  };
  return { calls, clients, remote, pollListeners };
}

/** The guards in which a torrent of `script.poisoned` crashes: every observation evaluates one of them. */
const POISONED_GUARDS = new Set(['complete', 'unchanged']);

/** Starts the world. Its time advances only during calls of `pass`. */
export function startWorld(options: WorldOptions = {}) {
  const clock = new SimulatedClock();
  const torrents = new Map<Hash, Observation>();
  const script = createScript(torrents, clock);
  script.skew = options.skew ?? 0;
  const accepted: Notification[] = [];
  const phone = { ...(options.phone ?? createPhone(options.app)), accepted };
  const receive = (notification: Notification) => {
    accepted.push(notification);
    phone.receive(notification);
  };
  const events: SupervisorEmitted[] = [];
  const facts: FactEvent[] = [];
  const written: RecordEvent[] = [];
  const digests = options.digests ?? createDigestStore();
  const { calls, clients, remote, pollListeners } = createClients(script, receive, clock);
  const { buttons } = options;
  const provided = provideActors({
    ...clients,
    remote: buttons === undefined ? undefined : remote,
    saveFact: (event) => void facts.push(event),
    rotation: () => new Promise(() => {}),
  });
  const machine = poisonable(
    provided,
    (key, guard) => script.poisoned.has(key) && POISONED_GUARDS.has(guard),
  );
  const supervisor = createActor(machine, {
    clock,
    input: {
      policy: { ...policy, ...options.policy },
      now: () => clock.now() + script.skew,
      shardOf,
      records: options.records ?? [],
      sounds: options.sounds ?? {},
      writeRecord: (event) => {
        written.push(event);
        options.onWrite?.(event);
      },
      digests: digests.stored(),
      writeDigest: digests.write,
      ...(buttons === undefined ? {} : { remote: { write: buttons.write, stored: buttons.stored() } }),
      ...(options.rules === undefined ? {} : { rules: options.rules }),
      ...(options.notices === undefined ? {} : { notices: options.notices }),
      ...(options.leftCards === undefined ? {} : { leftCards: options.leftCards }),
      ...(options.summaries === undefined ? {} : { summaries: options.summaries }),
      ...(options.quietHours === undefined ? {} : { quietHours: options.quietHours }),
    },
  });
  supervisor.on('*', (event) => void events.push(event));
  supervisor.start();
  return {
    clock,
    torrents,
    script,
    phone,
    calls,
    pollListeners,
    events,
    /** What was stored beside records, and each change of a record. */
    facts,
    written,
    digests,
    supervisor,
    pass: (ms: number) => pass(clock, ms),
    track: (hash: Hash) => supervisor.send({ type: 'torrents.track', hashes: [hash] }),
    finish: (hash: Hash) => supervisor.send({ type: 'torrents.markFinished', hashes: [hash] }),
    /** The state of a torrent in qBittorrent from now on; no ETA stays correct. */
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

/** The completions that were sent, accepted or not. */
export const completionsOf = (world: World) =>
  world.published().flatMap((notification) => (notification.kind === 'completion' ? [notification] : []));

/** Whether no torrent is tracked. */
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
