import { sparingly } from '../server/sparingly.ts';
import type { Ensured } from './ensure.ts';

/** Between two looks at the hooks because somebody showed a wrong token, in milliseconds: anybody can do that. */
const PAUSE = 60_000;

/**
 * Makes what hears of a call with a wrong token. It may come from a line in qBittorrent that holds the token of before
 * a rotation: the lines are looked at, and where one was old (or can't be read now) `look` is called, since the torrent
 * that it named is not followed yet.
 *
 * @param now milliseconds
 */
export function createMendHook(
  ensureHook: () => Promise<Ensured>,
  look: () => void,
  now?: () => number,
): () => void {
  const seldom = sparingly(PAUSE, now);
  const mend = async () => {
    const { state } = await ensureHook();
    if (state === 'installed' || state === 'failed') look();
  };
  return () => seldom('mend', () => void mend());
}
