import type { NextId } from './domain.ts';

/**
 * A counter of notifications. All actors of a system share one, so that a reply to a torrent that crashed is not taken
 * for one to the actor that replaced it.
 */
export function createIds(): NextId {
  let last = 0;
  return () => String((last += 1));
}
