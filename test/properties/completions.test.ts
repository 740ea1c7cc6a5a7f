import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './property.ts';
import type { Model } from './model.ts';

const twice = ({ phone }: Model) => [...phone.sounds].filter(([, times]) => times > 1);

/** Complete torrents that were reported to the sidecar, and stored completions, that are missing on the phone. */
function lost({ qbittorrent, state, store, phone }: Model): string[] {
  const finished = [...qbittorrent.torrents.values()]
    .filter(({ phase, label }) => phase === 'complete' && state.known.has(label))
    .map(({ label }) => label);
  return [...new Set([...finished, ...store.completions])].filter((label) => !phone.completed.has(label));
}

test('in any timeline, the completion of a download makes at most one sound each time it is added', async () => {
  await holds({ runs: 150, check: (model) => assert.deepEqual(twice(model), []) });
});

test('in any timeline, the completion of each tracked download reaches the phone', async () => {
  await holds({ runs: 150, check: (model) => assert.deepEqual(lost(model), []) });
});
