import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './property.ts';
import type { Model } from './model.ts';

const twice = ({ phone }: Model) => [...phone.heard].filter(([, times]) => times > 1);

/** Rounds that are complete now and that the sidecar knew, and completions that were ever kept, but never arrived. */
function lost({ qbittorrent, state, store, phone }: Model): string[] {
  const finished = [...qbittorrent.torrents.values()]
    .filter(({ phase, label }) => phase === 'complete' && state.known.has(label))
    .map(({ label }) => label);
  return [...new Set([...finished, ...store.completions])].filter((label) => !phone.completed.has(label));
}

test('whatever happens, the end of a download is heard at most once each time it is added', async () => {
  await holds({ runs: 150, check: (model) => assert.deepEqual(twice(model), []) });
});

test('whatever happens, the end of a download that was followed reaches the phone at last', async () => {
  await holds({ runs: 150, check: (model) => assert.deepEqual(lost(model), []) });
});
