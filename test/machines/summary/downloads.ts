/** A world with many downloads, and what the phone shows of them. */
import type { Hash, Notification, Observation } from '../../../machines/domain.ts';
import type { TopicBoard } from '../../../machines/summary/board.ts';
import { hashOf } from '../fixtures.ts';
import { startWorld } from '../../support/world.ts';
import type { World, WorldOptions } from '../../support/world.ts';

export type Summary = Extract<Notification, { kind: 'summary' }>;

/** The name of a summary on the phone. */
export const SUMMARY = 'sum';

/** The keys of so many torrents, from number `from` on. */
export const keysOf = (count: number, from = 1): Hash[] =>
  Array.from({ length: count }, (_, n) => hashOf(from + n));

/** Starts a world in which so many torrents download, each tracked by its hook. Nothing has been polled. */
export function startDownloads(count: number, options: WorldOptions = {}): World {
  const world = startWorld(options);
  add(world, keysOf(count));
  return world;
}

/** Adds downloads at 50 %. */
export function add(world: World, keys: readonly Hash[], over: Partial<Observation> = {}): void {
  for (const key of keys) {
    world.set(key, { name: `${key.slice(0, 4)}.iso`, progress: 0.5, ...over });
    world.track(key);
  }
}

/** Changes torrents in qBittorrent. */
export function change(world: World, keys: readonly Hash[], over: Partial<Observation>): void {
  for (const key of keys) world.set(key, over);
}

/** The summary that the phone shows on a topic. */
export function summaryOn({ phone }: Pick<World, 'phone'>, route?: string): Summary | undefined {
  const card = phone.cards.get(route === undefined ? SUMMARY : `${route}/${SUMMARY}`);
  return card?.kind === 'summary' ? card : undefined;
}

/** How many progress cards the phone shows. */
export const progressCards = ({ phone }: Pick<World, 'phone'>): number =>
  [...phone.cards.values()].filter(({ kind }) => kind === 'progress').length;

export const boardOf = ({ supervisor }: World) => supervisor.getSnapshot().context.deps.summary;

export const topicOf = (world: World, route = 'default'): TopicBoard | undefined =>
  boardOf(world).topics.get(route);

export const stateOf = ({ supervisor }: World): unknown =>
  supervisor.getSnapshot().children.summary?.getSnapshot().value;

/** How many messages of this kind ntfy has accepted. */
export const acceptedOf = ({ phone }: World, kind: Notification['kind']): number =>
  phone.accepted.filter((notification) => notification.kind === kind).length;

/** The topics that were stored, each time. */
export const storedRoutes = ({ facts }: World): (readonly string[])[] =>
  facts.flatMap((fact) => (fact.type === 'summaries.save' ? [fact.routes] : []));
