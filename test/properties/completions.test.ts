import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from './property.ts';
import type { Model } from './model.ts';
import { lost } from './lost.ts';
import type { Timeline } from './steps.ts';

const twice = ({ phone }: Model) => [...phone.sounds].filter(([, times]) => times > 1);

/** A late hook with the other hash of a hybrid torrent, and a restart before the poll that would show it complete. */
const LATE_HOOK_AND_RESTART: Timeline = [
  { do: 'add', n: 2, magnet: true, hooks: 1 },
  { do: 'finish', n: 2 },
  { do: 'pass', ms: 240_000 },
  { do: 'hook', n: 2 },
  { do: 'kill', down: 1 },
  { do: 'add', n: 0, magnet: false, hooks: 1 },
  { do: 'qbit', fault: 'unauthorized', requests: ['login', 'observe', 'list', 'scan'], ms: 2000 },
];

test('in any timeline, the completion of a download makes at most one sound each time it is added', async () => {
  await holds({
    runs: 150,
    examples: [LATE_HOOK_AND_RESTART],
    check: (model) => assert.deepEqual(twice(model), []),
  });
});

test('in any timeline, the completion of each tracked download reaches the phone', async () => {
  await holds({ runs: 150, check: (model) => assert.deepEqual(lost(model), []) });
});
