import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { streamOf } from '../../src/server/pieces.ts';

test('a reader that disconnects while the next piece is created ends the body, without an error', async () => {
  const ends: string[] = [];
  const onEnd = {
    end: () => ends.push('end'),
    fail: (error: unknown) => ends.push(`fail: ${String(error)}`),
  };
  const pieces = (function* () {
    yield 'one';
    yield 'two';
  })();
  const reader = streamOf(pieces, onEnd).getReader();
  await reader.read();
  await nextTurn();
  const second = reader.read();
  await reader.cancel();
  assert.equal((await second).done, true);
  await nextTurn();
  await nextTurn();
  assert.deepEqual(ends, ['end']);
});
