/** The topics behind the routes of the rules. Topics are secrets: nothing but the ntfy client gets them from here. */
import * as z from 'zod';
import type { Hash, TorrentRecord } from '../../machines/domain.ts';
import type { RecordEvent } from '../../machines/supervisor/types.ts';
import { routesOf } from '../../machines/torrent/record-changes.ts';
import { DEFAULT_ROUTE } from '../../machines/routing/types.ts';
import type { RouteId } from '../../machines/routing/types.ts';

/** Where the cards of a route are. */
interface Place {
  server: string;
  topic: string;
}

/** The routes that stored records refer to. */
export type StoredRoutes = Readonly<Record<RouteId, Place>>;

const topic = z.string().regex(/^[-_A-Za-z0-9]{1,64}$/);

/** How stored routes are read back; an invalid one is unknown. */
export const storedRoutesSchema = z
  .record(z.string(), z.object({ server: z.string(), topic }).nullable().catch(null))
  .catch({})
  .transform((routes): StoredRoutes =>
    Object.fromEntries(
      Object.entries(routes).flatMap(([route, place]) => (place === null ? [] : [[route, place]])),
    ),
  );

export interface RoutesOptions {
  /** The ntfy server: a token is never sent to another one, also if the setting changed since a card was sent. */
  server: string;
  /** The topic of a route of the current rules; `undefined` if no rule uses it. */
  current: (route: RouteId) => string | undefined;
  stored: StoredRoutes;
  records: readonly TorrentRecord[];
  /** The routes that other stored values refer to, by the name of each. */
  others: Readonly<Record<string, readonly RouteId[]>>;
  save: (routes: StoredRoutes) => void;
}

export interface Routes {
  /** The topic of a route; `null` if it is unknown. */
  topicOf: (route: RouteId) => string | null;
  /** Before a record is stored: stores the routes that it refers to. */
  refer: (record: TorrentRecord) => void;
  /** After a record was deleted: deletes the routes that none refers to any more. */
  release: (key: Hash) => void;
  /**
   * Stores the routes of another value around its own write: before it, with those of the value that it replaces, so that
   * at each moment the topics of all that is stored are stored.
   */
  around: (name: string, routes: readonly RouteId[], write: () => void) => void;
}

/**
 * Remembers the topic of each route until the last record that refers to it is deleted, so that a card can be deleted
 * after its rule is gone.
 */
export function createRoutes({ server, current, stored, records, others, save }: RoutesOptions): Routes {
  const places = new Map<RouteId, Place>(Object.entries(stored));
  /** The routes of each record and other value, apart from the default one, and how many records refer to each. */
  const referred = new Map<Hash, readonly RouteId[]>();
  const counts = new Map<RouteId, number>();

  function count(routes: readonly RouteId[], change: 1 | -1): void {
    for (const route of routes) {
      const left = (counts.get(route) ?? 0) + change;
      if (left > 0) counts.set(route, left);
      else counts.delete(route);
    }
  }

  /** Returns whether the stored routes have to change. */
  function set(key: Hash, routes: readonly RouteId[]): boolean {
    const before = referred.get(key) ?? [];
    count(routes, 1);
    count(before, -1);
    if (routes.length === 0) referred.delete(key);
    else referred.set(key, routes);
    let isChanged = false;
    for (const route of routes) {
      const found = places.has(route) ? undefined : current(route);
      if (found === undefined) continue;
      places.set(route, { server, topic: found });
      isChanged = true;
    }
    for (const route of before) if (!counts.has(route)) isChanged = places.delete(route) || isChanged;
    return isChanged;
  }

  function change(key: Hash, routes: readonly RouteId[]): void {
    if (routes.length === 0 && !referred.has(key)) return;
    if (set(key, routes)) save(Object.fromEntries(places));
  }

  for (const record of records) {
    const routes = routesOf(record);
    if (routes.length > 0) set(record.key, routes);
  }
  for (const [name, routes] of Object.entries(others)) set(name, withoutDefault(routes));
  for (const route of places.keys()) if (!counts.has(route)) places.delete(route);

  return {
    topicOf(route) {
      if (route === DEFAULT_ROUTE) return null;
      const topic = current(route);
      if (topic !== undefined) return topic;
      const place = places.get(route);
      return place === undefined || place.server !== server ? null : place.topic;
    },
    refer: (record) => change(record.key, routesOf(record)),
    release: (key) => change(key, []),
    around(name, routes, write) {
      const after = withoutDefault(routes);
      change(name, withoutDefault([...(referred.get(name) ?? []), ...after]));
      write();
      change(name, after);
    },
  };
}

const withoutDefault = (routes: readonly RouteId[]): readonly RouteId[] =>
  [...new Set(routes)].filter((route) => route !== DEFAULT_ROUTE);

/** Writes a change of a record so that the topics it refers to are stored whenever it is. */
export const referring =
  (routes: Routes, write: (event: RecordEvent) => void) =>
  (event: RecordEvent): void => {
    if (event.type === 'record.save') routes.refer(event.record);
    write(event);
    if (event.type === 'record.delete') routes.release(event.key);
  };
