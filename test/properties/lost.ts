import type { Model } from './model.ts';

/** Complete torrents that were reported to the sidecar, and stored completions, that are missing on the phone. */
export function lost({ qbittorrent, state, store, phone }: Model): string[] {
  const finished = [...qbittorrent.torrents.values()]
    .filter(({ phase, label }) => phase === 'complete' && state.known.has(label))
    .map(({ label }) => label);
  return [...new Set([...finished, ...store.completions])].filter((label) => !phone.completed.has(label));
}
