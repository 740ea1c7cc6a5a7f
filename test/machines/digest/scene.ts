/** A world in which downloads complete, with digests. */
import assert from 'node:assert/strict';
import type { Hash, Notification, TorrentRecord } from '../../../machines/domain.ts';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';

type DigestNotification = Extract<Notification, { kind: 'digest' }>;

/** Each download has its own card. */
const policy = { digestFrom: 4, summaryFrom: null, rate: null };

/** A world with the default threshold and no limit of messages. It has logged in and scanned. */
export async function startDigests(options: WorldOptions = {}): Promise<World> {
  const world = startWorld({
    ...options,
    policy: { digestFrom: 4, summaryFrom: null, rate: null, ...options.policy },
  });
  await world.pass(10 * SECOND);
  return world;
}

/**
 * Kills the process, and starts the next one `down` milliseconds later, with the same phone, store and qBittorrent.
 *
 * @param change what is different when it starts
 */
export async function restart(
  world: World,
  { down = SECOND, change = () => {} }: { down?: number; change?: (next: World) => void } = {},
): Promise<World> {
  const { phone, digests, torrents, clock, script, supervisor } = world;
  const records = structuredClone(storedRecords(world));
  supervisor.stop();
  const next = startWorld({
    records,
    digests,
    phone,
    skew: clock.now() + script.skew + down,
    policy,
  });
  for (const [hash, torrent] of torrents) next.torrents.set(hash, torrent);
  change(next);
  await next.pass(10 * SECOND);
  assert.ok(!next.events.some(({ type }) => type === 'service.crashed'));
  return next;
}

/** The hashes of torrents `from` to `to`, with names like `7.iso`. */
export const torrents = (from: number, to: number): Hash[] =>
  Array.from({ length: to - from + 1 }, (_, index) => hashOf(from + index));

export const nameOf = (n: number): string => `${n}.iso`;

/** Adds torrents that download, each with a card. */
export async function download(world: World, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    world.set(hashOf(n), { name: nameOf(n), progress: 0.5 });
    world.track(hashOf(n));
  }
  await world.pass(15 * SECOND);
}

/** They complete between two polls. */
export function complete(world: World, from: number, to: number, over = {}): void {
  for (let n = from; n <= to; n += 1) {
    const finishedAt = Math.floor(world.clock.now() / 1000) + 1;
    world.set(hashOf(n), { progress: 1, phase: 'complete', finishedAt, ...over });
  }
}

/** They complete, and the next poll shows it. */
export async function completeNow(world: World, from: number, to: number): Promise<void> {
  complete(world, from, to);
  await world.pass(6 * SECOND);
}

/** The digests of completions that ntfy has accepted. */
export const digestsOf = ({ phone }: Pick<World, 'phone'>): DigestNotification[] =>
  phone.accepted.flatMap((notification) => (notification.kind === 'digest' ? [notification] : []));

/** The number of completions in each accepted digest message. */
export const countsOf = (world: Pick<World, 'phone'>): number[] =>
  digestsOf(world).map(({ counts }) => counts.completion);

export const ownCompletions = ({ phone }: Pick<World, 'phone'>): number =>
  phone.accepted.filter(({ kind }) => kind === 'completion').length;

/** The visible cards of digests, by name. */
export const digestCards = ({ phone }: Pick<World, 'phone'>): string[] =>
  [...phone.cards.keys()].filter((name) => /(?:^|\/)d[0-9a-z]+$/.test(name));

/** The stored records at the end of a process. */
export function storedRecords({ written }: World): TorrentRecord[] {
  const records = new Map<Hash, TorrentRecord>();
  for (const event of written) {
    if (event.type === 'record.save') records.set(event.record.key, event.record);
    else records.delete(event.key);
  }
  return [...records.values()];
}

/** Every one of these names was announced once. */
export const announcedOnce = ({ phone }: Pick<World, 'phone'>, from: number, to: number): boolean =>
  torrents(from, to).every((_, index) => phone.completed.get(nameOf(from + index)) === 1);

export { hashOf, MINUTE, SECOND };
