/** What a whole system sends, in simulated time. */
import type { Hash } from '../../../machines/domain.ts';
import type { Policy } from '../../../machines/policy.ts';
import { failure, hashOf, MINUTE, SECOND } from '../../machines/fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';
import { flowOf } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const hash: Hash = hashOf(1);

async function start(policy: Partial<Policy> = {}): Promise<World> {
  const world = startWorld({ policy });
  world.set(hash, { progress: 0.1 });
  world.track(hash);
  await world.pass(10 * SECOND);
  return world;
}

async function advance(world: World): Promise<void> {
  for (const progress of [0.24, 0.25, 0.3, 0.52, 0.74, 0.76, 0.99]) {
    world.set(hash, { progress });
    await world.pass(30 * SECOND);
  }
}

async function finish(world: World): Promise<World> {
  world.set(hash, { phase: 'complete', progress: 1, speed: 0 });
  world.finish(hash);
  await world.pass(MINUTE);
  return world;
}

const FLOWS: Readonly<Record<string, () => Promise<World>>> = {
  'a download with a card': async () => {
    const world = await start();
    await advance(world);
    return finish(world);
  },
  'a download with milestones': async () => {
    const world = await start({ progress: 'milestones' });
    await advance(world);
    return finish(world);
  },
  'a download that stalls, recovers and is removed': async () => {
    const world = await start();
    world.set(hash, { phase: 'stalled', speed: 0 });
    await world.pass(35 * MINUTE);
    world.set(hash, { phase: 'downloading', speed: 1000, progress: 0.2 });
    await world.pass(2 * MINUTE);
    world.torrents.delete(hash);
    await world.pass(2 * MINUTE);
    return world;
  },
  'a magnet without metadata that fails': async () => {
    const world = startWorld();
    world.set(hash, { phase: 'metadata', name: null, size: 0, progress: 0, speed: 0, downloaded: 0 });
    world.track(hash);
    await world.pass(20 * MINUTE);
    world.set(hash, { phase: 'failed', name: 'debian.iso', size: 1_000_000 });
    await world.pass(5 * MINUTE);
    return world;
  },
  'a torrent whose data already existed': async () => {
    const world = startWorld();
    world.set(hash, { phase: 'complete', progress: 1, downloaded: 0, speed: 0 });
    world.track(hash);
    world.finish(hash);
    await world.pass(MINUTE);
    return world;
  },
  'a qBittorrent that does not answer for five minutes': async () => {
    const world = await start();
    const { observe } = world.script;
    world.script.observe = () => failure('unreachable');
    await world.pass(5 * MINUTE);
    world.script.observe = observe;
    await world.pass(5 * MINUTE);
    return finish(world);
  },
};

/** The notifications of each flow, in the order in which they were sent. */
export async function flows(): Promise<Scenario[]> {
  const recorded: Scenario[] = [];
  for (const [name, run] of Object.entries(FLOWS)) recorded.push(flowOf(name, (await run()).published()));
  return recorded;
}
