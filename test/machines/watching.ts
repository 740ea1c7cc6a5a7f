import assert from 'node:assert/strict';
import { after } from 'node:test';
import { fromPromise, SimulatedClock } from 'xstate';
import type { Hash, Observation, Result } from '../../machines/domain.ts';
import { matcherMachine } from '../../machines/matcher/machine.ts';
import { watcherMachine } from '../../machines/watcher/machine.ts';
import type { WatcherReport } from '../../machines/watcher/setup.ts';
import { ok, policy } from './fixtures.ts';
import { later, startChild } from './harness.ts';

export type Observations = Result<Observation[]>;
type Observed = Extract<WatcherReport, { type: 'watcher.observed' }>;

/** What no watcher may ever do. */
const offences: string[] = [];
after(() => assert.deepEqual(offences, []));

/** A watcher of a qBittorrent that has the torrents of `torrents` and answers after 50 ms. */
export function startWatcher(...torrents: Observation[]) {
  const clock = new SimulatedClock();
  const world = {
    torrents,
    latency: 50,
    /** Whether bytes arrive at what is downloading. */
    sends: false,
    listLatency: 50,
    observe: (hashes: readonly Hash[]): Observations =>
      ok(world.torrents.filter(({ hash }) => hashes.includes(hash)).map(observed)),
    list: (): Observations => ok(world.torrents),
  };
  const observed = (torrent: Observation): Observation =>
    torrent.phase === 'downloading' && world.sends ? { ...torrent, downloaded: clock.now() } : torrent;
  const polls: { at: number; hashes: readonly Hash[] }[] = [];
  const lists: { at: number; hashes: readonly Hash[] }[] = [];
  const open = new Set<string>();
  const answer = async (what: 'poll' | 'list', latency: number, result: () => Observations) => {
    if (open.has(what)) offences.push(`two requests at once: ${what}`);
    open.add(what);
    await later(clock, latency, null);
    open.delete(what);
    return result();
  };
  const machine = watcherMachine.provide({
    actors: {
      observe: fromPromise(({ input: { hashes } }: { input: { hashes: readonly Hash[] } }) => {
        if (hashes.length === 0) offences.push('an empty list: to qBittorrent it means all torrents');
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
  const input = { policy, now: () => clock.now() };
  const child = startChild<WatcherReport, typeof watcherMachine>(machine, input, clock);
  return {
    ...child,
    world,
    polls,
    lists,
    watch: (...hashes: Hash[]) => hashes.forEach((hash) => child.actor.send({ type: 'torrent.watch', hash })),
    unwatch: (...hashes: Hash[]) =>
      hashes.forEach((hash) => child.actor.send({ type: 'torrent.unwatch', hash })),
    session: (state: 'ready' | 'lost') => child.actor.send({ type: `session.${state}` }),
    observed: () => child.heard.filter((report): report is Observed => report.type === 'watcher.observed'),
  };
}
