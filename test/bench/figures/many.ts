/** Many completions within a minute: how soon all are notified, and by how many messages and sounds. */
import { until } from '../../servers/wait.ts';
import { isSummarized, startManyDownloads, TOPIC } from '../../support/many.ts';
import type { ManyResult } from '../../support/many.ts';
import { completionOf } from '../lib/completion-of.ts';
import { atMost, eachAtMost } from '../lib/figure.ts';
import type { Context, Figure, Row } from '../lib/figure.ts';
import { subscribe } from '../lib/subscription.ts';
import { startSidecar } from '../lib/subjects.ts';

interface Scenario {
  count: number;
  /** The time over which they complete. */
  seconds: number;
  /** The limits. */
  lastAfter: number;
  messages: number;
}

const SOUNDS = 5;
const SCENARIOS: readonly Scenario[] = [
  { count: 200, seconds: 60, lastAfter: 30, messages: 25 },
  { count: 1000, seconds: 60, lastAfter: 60, messages: 40 },
];
const QUICK: readonly Scenario[] = [{ count: 20, seconds: 10, lastAfter: 30, messages: 25 }];
/** Fewer than the default of `DIGEST_FROM`: each has its own card. */
const SINGLE = 3;

/** Completions one after the other, each on its own card: milliseconds until a subscriber has it. */
async function measureSingle(): Promise<number[]> {
  await using stack = new AsyncDisposableStack();
  const downloads = stack.use(await startManyDownloads(SINGLE));
  const { qbittorrent, ntfy, seed, torrents, env } = downloads;
  const sidecar = stack.use(await startSidecar(env));
  const phone = stack.use(await subscribe(ntfy.url, TOPIC));
  await downloads.add(sidecar.port);
  await until('all are tracked', async () => (await sidecar.tracked()) === SINGLE);
  // A torrent that ends before libtorrent's first figures looks like one whose data existed: that takes 2 s to tell.
  const begun = async () => (await qbittorrent.list()).every(({ downloaded }) => Number(downloaded) > 0);
  await until('all have downloaded something', begun);
  const delays: number[] = [];
  for (const { hash, name } of torrents) {
    seed.release({ hash });
    const end = await completionOf(qbittorrent, hash);
    const { at } = await phone.first(`${name} is notified`, ({ sequence }) =>
      sequence.endsWith(`-${hash}-done`),
    );
    delays.push(at - end);
  }
  return delays;
}

/** Each completion once, or how many are missing or repeated. */
interface Measured extends ManyResult {
  wrong: number;
}

async function measureMany({ count, seconds }: Scenario): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const downloads = stack.use(await startManyDownloads(count));
  const sidecar = stack.use(await startSidecar(downloads.env));
  await downloads.add(sidecar.port);
  await until('the summary shows all', () => isSummarized(downloads), { every: 500 });
  const result = await downloads.complete(seconds, sidecar.opsPort);
  const distinct = new Set(result.names).size;
  return { ...result, wrong: result.names.length - distinct + (count - distinct) };
}

function rowsOf({ count, lastAfter, messages }: Scenario, runs: readonly Measured[]): Row[] {
  const what = `${count.toLocaleString('en')} completions`;
  const of = (name: Exclude<keyof Measured, 'names'>) => runs.map((run) => run[name]);
  return [
    eachAtMost(lastAfter, `at most ${lastAfter} s`, {
      what: `${what}: from the last one until all are notified`,
      unit: 's',
      runs: of('lastAfter'),
    }),
    eachAtMost(messages, `at most ${messages}`, {
      what: `${what}: messages from the first one on`,
      unit: 'messages',
      runs: of('messages'),
    }),
    eachAtMost(SOUNDS, `at most ${SOUNDS}`, { what: `${what}: sounds`, unit: 'count', runs: of('sounds') }),
    eachAtMost(0, '0', { what: `${what}: on no card, or on two`, unit: 'count', runs: of('wrong') }),
    eachAtMost(0, '0', {
      what: `${what}: messages that ntfy refused with 429`,
      unit: 'count',
      runs: of('refused'),
    }),
  ];
}

async function measure({ quick, say }: Context): Promise<Row[]> {
  const rounds = quick ? 1 : 3;
  const single: number[] = [];
  for (let round = 0; round < (quick ? 1 : 4); round += 1) single.push(...(await measureSingle()));
  const rows: Row[] = [];
  for (const scenario of quick ? QUICK : SCENARIOS) {
    const runs: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const run = await measureMany(scenario);
      const { lastAfter, messages, span, sounds } = run;
      say(
        `${scenario.count}: ${lastAfter.toFixed(1)} s; ${messages} messages in ${span} s; ${sounds} sounds`,
      );
      runs.push(run);
    }
    rows.push(...rowsOf(scenario, runs));
  }
  return [
    atMost(300, 'under 300 ms', {
      what: 'a single completion, one of three in a minute: end to acceptance',
      unit: 'ms',
      runs: single,
    }),
    ...rows,
  ];
}

export const many: Figure = {
  name: 'many',
  title: 'Many completions within a minute',
  how: 'Real qBittorrent 5.1 with both hooks, real ntfy with its default limits (60 at once, then one every 5 s), and the default settings. The torrents are added in one call, and each waits for its last bytes; once the summary shows all of them, they get these evenly over a minute. All messages count from the first completion on, with the summary and deletions, until nothing is left to do. The time ends when a subscriber can read the last completion, on its own card or counted by a digest. Before there were digests, 200 completions within a minute made 59 sounds in two minutes, and 141 of them were still waiting 90 s after the last one; of 1,000 the last one waited 99 minutes, and they took 1,100 messages. A single completion is measured as in the figure above, "From qBittorrent\'s end to ntfy\'s acceptance", whose torrents never share a card.',
  measure,
};
