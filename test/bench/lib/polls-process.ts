/**
 * Polls of many torrents with and without rules: the real machines with a real rules file, in simulated time; a separate
 * process, so that nothing else uses its CPU time.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideRouting } from '../../../machines/routing/matching.ts';
import type { Rules } from '../../../machines/routing/rules.ts';
import { EVENTS_PER_SLICE, SLICE_PAUSE } from '../../../machines/watcher/addressing.ts';
import { createRouting } from '../../../src/app/routing.ts';
import { openRules } from '../../../src/config/rules/index.ts';
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

/** A rules file with conditions of all kinds, of which only those of the last rule hold. */
function createFile(count: number): string {
  const conditionsOf = (n: number): object => {
    if (n === count - 1) return { category: 'films' };
    const kinds = [
      { category: `cross-seed-${n}*` },
      { name: [`*remux*${n}*`, `*.s??e??.*-group${n}`] },
      { tag: `notify-${n}` },
      { tracker: `*.tracker-${n}.example` },
      { size: `> ${n + 1} TB` },
    ];
    return kinds[n % kinds.length] ?? {};
  };
  const rules = Array.from({ length: count }, (_, n) => ({ name: nameOf(n), match: conditionsOf(n) }));
  // JSON is valid YAML.
  return JSON.stringify({ rules });
}

const nameOf = (n: number): string => `rule ${n}`;

/** The rules as a running sidecar has them, which looks at the file again while it uses them; and how often they decided. */
function openFile(count: number): { rules: Rules; decided: () => number } {
  const path = join(tmpdir(), `qbit-ntfy-polls-${process.pid}.yaml`);
  writeFileSync(path, createFile(count));
  process.once('exit', () => rmSync(path, { force: true }));
  const target = { server: 'http://127.0.0.1:9', topic: 'downloads' };
  const opened = openRules({ path, target, stateDir: null, report: () => undefined });
  if (!opened.ok) throw new Error(opened.message);
  let decided = 0;
  const { rules } = createRouting({
    current: () => opened.rules.current(),
    decide: (all, fields) => {
      decided += 1;
      return decideRouting(all, fields);
    },
    fix: () => null,
    onBug: (error) => {
      throw error;
    },
  });
  return { rules, decided: () => decided };
}

interface Polled {
  world: World;
  torrents: number;
  /** How often the rules decided about a torrent. */
  decided: () => number;
}

async function startPolled(torrents: number, count: number): Promise<Polled> {
  const { rules, decided } = count === 0 ? { rules: undefined, decided: () => 0 } : openFile(count);
  const world = startWorld(rules === undefined ? {} : { rules });
  // A faster lookup: the world's own is for few torrents.
  world.script.observe = (hashes) => ok(hashes.flatMap((hash) => world.torrents.get(hash) ?? []));
  for (let n = 0; n < torrents; n += 1)
    world.set(hashOf(n), { progress: 0.1, ...inCategory('films/4k'), name: createName(n) });
  await world.pass(2 * MINUTE);
  const named = world.records().filter(({ rule }) => rule === nameOf(count - 1)).length;
  const wanted = [torrents, count === 0 ? 0 : torrents];
  if (String([world.records().length, named]) !== String(wanted))
    throw new Error(
      `${world.records().length} are tracked, ${named} have the last rule; not ${wanted.join(' and ')}`,
    );
  return { world, torrents, decided };
}

/** Another string each time, as in the responses of qBittorrent: equal ones are compared character by character. */
const createName = (n: number): string =>
  Buffer.from(`A torrent with a name of common length, ${n}.iso`).toString('latin1');

/** The CPU time of a window in ms. The changes in qBittorrent are not part of it. */
async function measure(
  { world, torrents, decided }: Polled,
  window: number,
  isBusy: boolean,
): Promise<number> {
  let used = 0;
  const [calls, decisions] = [world.calls.length, decided()];
  for (let poll = 0; poll < POLLS_PER_WINDOW; poll += 1) {
    const time = window * POLLS_PER_WINDOW + poll;
    for (let n = 0; n < torrents; n += 1) {
      const moves = isBusy && n % 100 === time % 100;
      const progress = Math.min(0.95, (world.torrents.get(hashOf(n))?.progress ?? 0) + (moves ? 0.01 : 0));
      world.set(hashOf(n), { progress, downloaded: 1000 * (time + 1), name: createName(n) });
    }
    globalThis.gc?.();
    const before = process.cpuUsage();
    await world.pass(POLL + Math.floor(torrents / EVENTS_PER_SLICE.known) * SLICE_PAUSE.usual);
    const { user, system } = process.cpuUsage(before);
    used += (user + system) / 1000;
  }
  const observed = world.calls
    .slice(calls)
    .flatMap((call) => (call.to === 'observe' ? call.hashes : [])).length;
  // A window can begin between two slices of a poll, so that it has one poll less.
  if (observed % torrents !== 0 || Math.abs(observed / torrents - POLLS_PER_WINDOW) > 1)
    throw new Error(`${observed} torrents were observed in a window`);
  if (decided() !== decisions)
    throw new Error(`rules decided ${decided() - decisions} times without a reason`);
  return (used * POLLS_PER_WINDOW * torrents) / observed;
}

async function run({ torrents, rules, rounds }: Polls): Promise<PollsResult> {
  const bare = await startPolled(torrents, 0);
  const ruled = await startPolled(torrents, rules);
  const result: PollsResult = { idle: { with: [], without: [] }, busy: { with: [], without: [] } };
  // The first round is not counted: it compiles the code.
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of ['idle', 'busy'] as const) {
      const turns = [
        { polled: bare, to: result[kind].without },
        { polled: ruled, to: result[kind].with },
      ];
      // Each is first as often as the other.
      for (const { polled, to } of round % 2 === 0 ? turns : turns.toReversed()) {
        const used = await measure(polled, round * 2 + (kind === 'busy' ? 1 : 0), kind === 'busy');
        if (round > 0) to.push(used);
      }
    }
  }
  return result;
}

process.on('message', (what: Polls) => void run(what).then((result) => process.send?.(result)));
process.on('disconnect', () => process.exit());
