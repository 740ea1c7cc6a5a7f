import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { drop } from '../../machines/supervisor/registry.ts';
import { createHookHandlers } from '../../src/app/hook-handlers.ts';
import { createMetrics } from '../../src/metrics/index.ts';
import { saveEvent } from '../../src/store/index.ts';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { open, reopen, TEMP_PREFIX, tempDir } from '../store/fixtures.ts';
import { spyOnSqlite } from '../store/spy.ts';
import { actorsOf, startWorld } from '../support/world.ts';
import type { WorldOptions } from '../support/world.ts';

test('one scan finds the torrents of any number of refused hooks', async (t) => {
  const world = startWorld();
  await world.pass(10 * SECOND);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const handlers = createHookHandlers({
    supervisor: world.supervisor,
    metrics: createMetrics('1.2.3'),
  });
  const rescans = () => world.events.filter(({ type }) => type === 'rescan.requested').length;
  world.set(hashOf(1));
  for (let n = 0; n < 100; n += 1) handlers.refused(n % 2 === 0 ? 'track' : 'finished', 429);
  assert.equal(rescans(), 0);
  t.mock.timers.tick(10_000);
  assert.equal(rescans(), 1);
  handlers.refused('track', 429);
  handlers.refused('track', 403);
  t.mock.timers.tick(60_000);
  assert.equal(rescans(), 2);
  t.mock.timers.reset();
  await world.pass(10 * SECOND);
  assert.deepEqual([...world.supervisor.getSnapshot().context.registry.records.keys()], [hashOf(1)]);
});

/** Handlers of a sidecar whose records are in a file. */
async function startWithStore(t: TestContext, options: WorldOptions = {}) {
  const spy = spyOnSqlite(t);
  const dir = tempDir(t);
  const { store } = open(dir);
  const world = startWorld({ ...options, onWrite: (event) => saveEvent(store, event) });
  await world.pass(10 * SECOND);
  const handlers = createHookHandlers({ supervisor: world.supervisor, metrics: createMetrics('1.2.3') });
  spy.commits();
  spy.durable();
  t.after(() => store.close());
  return { world, handlers, spy, stored: () => readRecords(dir) };
}

/** The keys in the file, read by another connection. */
function readRecords(dir: string): string[] {
  const copy = mkdtempSync(TEMP_PREFIX);
  try {
    cpSync(dir, copy, { recursive: true });
    return reopen(copy).records.map(({ key }) => key);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const several = (count: number) => Array.from({ length: count }, (_, n) => hashOf(n));

describe('the calls of one iteration of the event loop', () => {
  test('share one transaction, and are on the disk when they are answered', async (t) => {
    const { handlers, spy, stored } = await startWithStore(t);
    const first = handlers.track(hashOf(0));
    const others = several(100)
      .slice(1)
      .map((hash) => handlers.track(hash));
    await first;
    assert.deepEqual(stored(), several(100));
    assert.deepEqual(new Set(await Promise.all(others)), new Set(['started']));
    assert.equal(spy.commits(), 1);
  });

  test('share one poll', async (t) => {
    const { world, handlers } = await startWithStore(t);
    for (const hash of several(100)) world.set(hash, { progress: 0.5 });
    const since = world.clock.now();
    await Promise.all(several(100).map((hash) => handlers.track(hash)));
    await world.pass(4 * SECOND);
    const polls = world.calls.filter((call) => call.to === 'observe' && call.at >= since);
    assert.deepEqual(
      polls.map((call) => call.to === 'observe' && call.hashes.length),
      [100],
    );
  });

  test('for finished torrents share one transaction that survives a power loss, and the poll that follows', async (t) => {
    const { world, handlers, spy } = await startWithStore(t);
    for (const hash of several(100)) world.set(hash, { progress: 0.5 });
    await Promise.all(several(100).map((hash) => handlers.track(hash)));
    await world.pass(6 * SECOND);
    for (const hash of several(100)) world.set(hash, { progress: 1, phase: 'complete' });
    spy.commits();
    spy.durable();
    const since = world.clock.now();
    const answers = await Promise.all(several(100).map((hash) => handlers.finished(hash)));
    assert.deepEqual(new Set(answers), new Set(['accepted']));
    assert.deepEqual([spy.commits(), spy.durable()], [1, 1]);
    await world.pass(1);
    const polls = world.calls.filter((call) => call.to === 'observe' && call.at >= since);
    assert.deepEqual(
      polls.map((call) => call.to === 'observe' && call.hashes.length),
      [100],
    );
  });

  test('get an answer each: new, known, named twice, and too many', async (t) => {
    const { handlers } = await startWithStore(t, { policy: { maxTracked: 3 } });
    await handlers.track(hashOf(0));
    const answers = [0, 1, 1, 2, 3].map((n) => handlers.track(hashOf(n)));
    const finishes = [2, 4].map((n) => handlers.finished(hashOf(n)));
    assert.deepEqual(await Promise.all(answers), ['already', 'started', 'started', 'started', 'full']);
    assert.deepEqual(await Promise.all(finishes), ['accepted', 'full']);
  });

  test('start a few torrents at once, and the others in slices', async (t) => {
    const { world, handlers } = await startWithStore(t);
    await Promise.all(several(100).map((hash) => handlers.track(hash)));
    const atOnce = actorsOf(world).size;
    assert.ok(atOnce > 0 && atOnce < 20, `${atOnce} were started at once`);
    assert.equal(world.records().length, 100);
    await world.pass(SECOND);
    assert.equal(actorsOf(world).size, 100);
  });

  test('are rejected when the machines throw, and the next ones are not', async (t) => {
    const { world, handlers } = await startWithStore(t);
    const send = t.mock.method(world.supervisor, 'send', () => assert.fail('planted'));
    const calls = several(2).map((hash) => handlers.track(hash));
    for (const call of calls) await assert.rejects(call, /planted/);
    send.mock.restore();
    assert.equal(await handlers.track(hashOf(1)), 'started');
  });
});

test('a torrent that ended before its turn is not started', async (t) => {
  const { world, handlers } = await startWithStore(t);
  await Promise.all(several(100).map((hash) => handlers.track(hash)));
  const { registry, pendingStarts } = world.supervisor.getSnapshot().context;
  const last = [...pendingStarts.keys()].at(-1) ?? '';
  drop(registry, last);
  await world.pass(SECOND);
  assert.equal(world.records().length, 99);
  assert.equal(actorsOf(world).has(last), false);
});
