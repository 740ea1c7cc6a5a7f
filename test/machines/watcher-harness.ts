import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import type { AnyActorRef } from 'xstate';
import type { Hash, Observation, Result } from '../../machines/domain.ts';
import { matcherMachine } from '../../machines/matcher/machine.ts';
import { watcherMachine } from '../../machines/watcher/machine.ts';
import type { WatcherReport } from '../../machines/watcher/types.ts';
import type { TorrentEvent } from '../../machines/torrent/types.ts';
import type { Match } from '../../machines/matcher/matching.ts';
import { ok, policy } from './fixtures.ts';
import { later, startChild } from './harness.ts';

export type Observations = Result<Observation[]>;

/** What the watcher sent in one slice. */
interface Slice {
  observations: Observation[];
  renamed: Match['renamed'];
  missed: Hash[];
  at: number;
}

/** Violations of what always holds. */
const violations: string[] = [];
after(() => assert.deepEqual(violations, []));

/** Starts a watcher of a qBittorrent with these torrents, which answers after 50 ms. */
export function startWatcher(...torrents: Observation[]) {
  const clock = new SimulatedClock();
  const world = {
    torrents,
    latency: 50,
    /** Whether downloading torrents receive data. */
    receivesData: false,
    listLatency: 50,
    observe: (hashes: readonly Hash[]): Observations =>
      ok(world.torrents.filter(({ hash }) => hashes.includes(hash)).map(observed)),
    list: (): Observations => ok(world.torrents),
  };
  const observed = (torrent: Observation): Observation =>
    torrent.phase === 'downloading' && world.receivesData ? { ...torrent, downloaded: clock.now() } : torrent;
  const polls: { at: number; hashes: readonly Hash[] }[] = [];
  const lists: { at: number; hashes: readonly Hash[] }[] = [];
  const open = new Set<string>();
  const answer = async (what: 'poll' | 'list', latency: number, result: () => Observations) => {
    if (open.has(what)) violations.push(`two simultaneous requests: ${what}`);
    open.add(what);
    await later(clock, latency, null);
    open.delete(what);
    return result();
  };
  const machine = watcherMachine.provide({
    actors: {
      observe: fromPromise(({ input: { hashes } }: { input: { hashes: readonly Hash[] } }) => {
        if (hashes.length === 0) violations.push('an empty list, by which qBittorrent returns all torrents');
        polls.push({ at: clock.now(), hashes });
        return answer('poll', world.latency, () => world.observe(hashes));
      }),
      matcher: matcherMachine.provide({
        actors: {
          list: fromPromise(({ input: { hashes } }: { input: { hashes: readonly Hash[] } }) => {
            lists.push({ at: clock.now(), hashes });
            return answer('list', world.listLatency, () => world.list());
          }),
        },
      }),
    },
  });
  const slices: Slice[] = [];
  let startedAt = -1;
  const startSlice = (): Slice => {
    const slice: Slice = { observations: [], renamed: [], missed: [], at: clock.now() };
    startedAt = clock.now();
    slices.push(slice);
    return slice;
  };
  /** There is a pause between two slices. */
  const currentSlice = (): Slice => (startedAt === clock.now() ? slices.at(-1) : undefined) ?? startSlice();
  const torrentActors = new Map<Hash, AnyActorRef>();
  const record = (key: Hash, event: TorrentEvent) => {
    if (event.type === 'torrent.observed') {
      const slice = currentSlice();
      slice.observations.push(event.observation);
      slice.at = event.at;
    } else if (event.type === 'torrent.missed') currentSlice().missed.push(key);
  };
  const findTorrent = (key: Hash): AnyActorRef => {
    const logic = fromCallback<TorrentEvent>(({ receive }) => receive((event) => record(key, event)));
    const torrent = torrentActors.get(key) ?? createActor(logic).start();
    torrentActors.set(key, torrent);
    return torrent;
  };
  /** The watcher sends an event to the incident actor after each answer, before its first slice. */
  let answers = 0;
  const incident = () => {
    answers += 1;
    startSlice();
  };
  const input = { policy, now: () => clock.now(), findTorrent };
  const child = startChild<WatcherReport, typeof watcherMachine>(machine, input, {
    clock,
    services: { incident },
    onReport: (report) => {
      if (report.type === 'torrents.renamed') currentSlice().renamed.push(...report.renamed);
    },
  });
  return {
    ...child,
    world,
    polls,
    lists,
    watch: (...hashes: Hash[]) =>
      hashes.forEach((hash) => child.actor.send({ type: 'torrent.watch', hash, key: hash })),
    unwatch: (...hashes: Hash[]) =>
      hashes.forEach((hash) => child.actor.send({ type: 'torrent.unwatch', hash })),
    session: (state: 'ready' | 'lost') => child.actor.send({ type: `session.${state}` }),
    observed: () => slices,
    /** How often the incident actor was told that qBittorrent answers. */
    answers: () => answers,
  };
}
