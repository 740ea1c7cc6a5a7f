/**
 * Simultaneous downloads with the real machines, in simulated time; a separate process, since a long one takes much CPU
 * time. The counts are the same on every machine.
 */
import { hashOf, MINUTE, ok, SECOND } from '../../machines/fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';
import { BUDGET, createBucket, NTFY } from './bucket.ts';

export interface Downloads {
  count: number;
  minutes: number;
}

/** The result. */
export interface DownloadsResult {
  /** Messages that were sent, of all kinds. */
  messages: number;
  /** Messages that made a sound on Android. */
  sounds: number;
  /** The number of torrents whose completion was sent, on its own card or on a digest. */
  completions: number;
  /** Messages that ntfy refused. */
  refused: number;
  /** Messages that were sent without a token of the budget. */
  above: number;
  /** Seconds from the end of the downloads until the last completion was sent. */
  lastAfter: number;
  /** The number of messages with one for each percent that a poll finds. */
  perPercent: number;
}

const POLL = 5 * SECOND;

async function download({ count, minutes }: Downloads): Promise<DownloadsResult> {
  const world = startWorld({ policy: { digestFrom: 4, summaryFrom: 8 } });
  const refused = limit(world);
  // A faster lookup: the world's own is for few torrents.
  world.script.observe = (hashes) => ok(hashes.flatMap((hash) => world.torrents.get(hash) ?? []));
  await world.pass(MINUTE);
  const hashes = Array.from({ length: count }, (_, n) => hashOf(n));
  const length = minutes * MINUTE;
  const percents = new Set<number>();
  for (let at = 0; at <= length; at += POLL) {
    const progress = at / length;
    percents.add(Math.floor(progress * 100));
    const phase = progress === 1 ? 'complete' : 'downloading';
    // Without an ETA: a torrent near its end is polled more often.
    for (const hash of hashes) world.set(hash, { progress, phase, eta: null, downloaded: at });
    if (at === 0) for (const hash of hashes) world.track(hash);
    await world.pass(POLL);
  }
  const end = world.clock.now();
  while (world.records().length > 0) await world.pass(MINUTE);
  return { ...countOf(world, end), refused: refused(), perPercent: percents.size * count };
}

/** The world's ntfy refuses as a real one with its defaults does; the returned function counts refusals. */
function limit(world: World): () => number {
  const allows = createBucket(NTFY);
  let refused = 0;
  world.script.publish = () => {
    if (allows(world.clock.now())) return ok({ live: true });
    refused += 1;
    return { ok: false, failure: { kind: 'limited', message: 'limited' } };
  };
  return () => refused;
}

function countOf(world: World, end: number): Omit<DownloadsResult, 'refused' | 'perPercent'> {
  const sent = world.calls.filter((call) => call.to === 'publish');
  const has = createBucket(BUDGET);
  let lastAt = Number.NaN;
  const own = new Set<string>();
  const digests = new Map<string, number>();
  for (const { notification, at } of sent) {
    const before = digests.get(notification.key) ?? 0;
    if (notification.kind === 'completion') own.add(notification.key);
    else if (notification.kind === 'digest' && notification.counts.completion > before)
      digests.set(notification.key, notification.counts.completion);
    else continue;
    lastAt = at;
  }
  return {
    messages: sent.length,
    sounds: world.phone.heard.length,
    completions: own.size + [...digests.values()].reduce((sum, count) => sum + count, 0),
    above: sent.filter(({ at }) => !has(at)).length,
    lastAfter: (lastAt - end) / SECOND,
  };
}

process.on('message', (what: Downloads) => void download(what).then((result) => process.send?.(result)));
process.on('disconnect', () => process.exit());
