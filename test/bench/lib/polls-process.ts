/**
 * Polls of many torrents with and without rules: the real machines, globs and matching, in simulated time; a separate
 * process, so that nothing else uses its CPU time.
 */
import { createCategoryGlob, createGlob } from '../../../machines/routing/glob.ts';
import { decideRouting } from '../../../machines/routing/matching.ts';
import { NO_RULES } from '../../../machines/routing/rules.ts';
import type { Rules } from '../../../machines/routing/rules.ts';
import { DEFAULT_SEND } from '../../../machines/routing/types.ts';
import type { Conditions, Rule } from '../../../machines/routing/types.ts';
import { hashOf, MINUTE, ok, SECOND } from '../../machines/fixtures.ts';
import { inCategory } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

export interface Polls {
  torrents: number;
  rules: number;
  rounds: number;
}

/** CPU time in ms of each window of six polls. */
export interface Windows {
  with: number[];
  without: number[];
}

/** `idle`: only the downloaded bytes change; `busy`: the percent of each hundredth torrent changes, too. */
export interface PollsResult {
  idle: Windows;
  busy: Windows;
}

const POLL = 5 * SECOND;
const POLLS_PER_WINDOW = 6;

/** Rules of all kinds, of which only the last one matches. */
function createRules(count: number): Rule[] {
  const conditionsOf = (n: number): Conditions => {
    if (n === count - 1) return { category: [createCategoryGlob('films')] };
    const kinds: Conditions[] = [
      { category: [createCategoryGlob(`cross-seed-${n}*`)] },
      { name: [createGlob(`*remux*${n}*`), createGlob(`*.s??e??.*-group${n}`)] },
      { tag: [createGlob(`notify-${n}`)] },
      { tracker: [createGlob(`*.tracker-${n}.example`)] },
      { size: (bytes) => bytes > 1e15 + n },
    ];
    return kinds[n % kinds.length] ?? {};
  };
  return Array.from({ length: count }, (_, n) => ({
    name: `rule ${n}`,
    conditions: conditionsOf(n),
    send: DEFAULT_SEND,
    route: 'default',
    priority: {},
  }));
}

const compiled = (all: readonly Rule[]): Rules => ({
  ...NO_RULES,
  version: () => 1,
  check: () => 1,
  route: (fields) => decideRouting(all, fields),
});

async function startPolled(torrents: number, rules?: Rules): Promise<World> {
  const world = startWorld(rules === undefined ? {} : { rules });
  // A faster lookup: the world's own is for few torrents.
  world.script.observe = (hashes) => ok(hashes.flatMap((hash) => world.torrents.get(hash) ?? []));
  for (let n = 0; n < torrents; n += 1) {
    const name = `A torrent with a name of common length, ${n}.iso`;
    world.set(hashOf(n), { name, progress: 0.1, ...inCategory('films/4k') });
  }
  await world.pass(2 * MINUTE);
  return world;
}

/** The CPU time of a window in ms. The changes in qBittorrent are not part of it. */
async function measure(world: World, torrents: number, window: number, isBusy: boolean): Promise<number> {
  let used = 0;
  for (let poll = 0; poll < POLLS_PER_WINDOW; poll += 1) {
    const time = window * POLLS_PER_WINDOW + poll;
    for (let n = 0; n < torrents; n += 1) {
      const moves = isBusy && n % 100 === time % 100;
      const progress = Math.min(0.95, (world.torrents.get(hashOf(n))?.progress ?? 0) + (moves ? 0.01 : 0));
      world.set(hashOf(n), { progress, downloaded: 1000 * (time + 1) });
    }
    globalThis.gc?.();
    const before = process.cpuUsage();
    await world.pass(POLL);
    const { user, system } = process.cpuUsage(before);
    used += (user + system) / 1000;
  }
  return used;
}

async function run({ torrents, rules, rounds }: Polls): Promise<PollsResult> {
  const bare = await startPolled(torrents);
  const ruled = await startPolled(torrents, compiled(createRules(rules)));
  const result: PollsResult = { idle: { with: [], without: [] }, busy: { with: [], without: [] } };
  // The first round is not counted: it compiles the code.
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of ['idle', 'busy'] as const) {
      const turns = [
        { world: bare, to: result[kind].without },
        { world: ruled, to: result[kind].with },
      ];
      // Each is first as often as the other.
      for (const { world, to } of round % 2 === 0 ? turns : turns.toReversed()) {
        const used = await measure(world, torrents, round * 2 + (kind === 'busy' ? 1 : 0), kind === 'busy');
        if (round > 0) to.push(used);
      }
    }
  }
  return result;
}

process.on('message', (what: Polls) => void run(what).then((result) => process.send?.(result)));
process.on('disconnect', () => process.exit());
