import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createActor, setup } from 'xstate';
import type { Supervisor } from '../../src/app/status.ts';
import { collectGarbageWhenIdle } from '../../src/app/memory.ts';

/** The part of a supervisor that collectGarbageWhenIdle reads, and a count of the collections. */
function startScene() {
  const records = new Map<string, object>();
  const machine = setup({}).createMachine({
    context: { registry: { records } },
    on: { '*': { actions: [] } },
  });
  const actor = createActor(machine).start();
  let collected = 0;
  collectGarbageWhenIdle(
    actor as unknown as Supervisor,
    (() => void (collected += 1)) as unknown as NodeJS.GCFunction,
  );
  return { records, event: () => actor.send({ type: 'anything' }), collected: () => collected };
}

test('garbage is collected once after the start, and not again while nothing is tracked', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { event, collected } = startScene();
    mock.timers.tick(1500);
    event();
    mock.timers.tick(1500);
    assert.equal(collected(), 0, 'it is still starting');
    mock.timers.tick(1500);
    assert.equal(collected(), 1);
    event();
    mock.timers.tick(3_600_000);
    assert.equal(collected(), 1);
  } finally {
    mock.timers.reset();
  }
});

test('garbage is collected again after the last torrent has finished, and never before', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { records, event, collected } = startScene();
    mock.timers.tick(3000);
    records.set('a', {}).set('b', {});
    event();
    mock.timers.tick(60_000);
    records.delete('a');
    event();
    mock.timers.tick(60_000);
    assert.equal(collected(), 1, 'one torrent is still tracked');
    records.delete('b');
    event();
    mock.timers.tick(3000);
    assert.equal(collected(), 2);
  } finally {
    mock.timers.reset();
  }
});
