import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Notification } from '../../machines/domain.ts';
import { cardOf } from '../../machines/outbox/attempts.ts';
import { HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { runs } from './property.ts';
import { NTFY_FAULTS } from './ntfy-faults.ts';
import type { NtfyFault } from './ntfy-faults.ts';
import { createModel } from './model.ts';
import type { Model } from './model.ts';

const CAPACITY = 50;
const PER_MINUTE = 10;
const QUOTA = 250;

/** Many torrents with progress at each poll: far more notifications than the budget allows. */
function addMany(model: Model, from: number, count: number): void {
  for (let n = from; n < from + count; n += 1) {
    const hash = model.qbittorrent.add(n, 'plain');
    if (hash !== null) model.track(hash);
  }
}

function advanceAll({ qbittorrent }: Model): void {
  for (const n of qbittorrent.torrents.keys()) {
    qbittorrent.change(n, ({ progress, phase }) =>
      phase === 'complete' ? {} : { progress: Math.min(0.99, progress + 0.013) },
    );
  }
}

const finish = ({ qbittorrent, now }: Model, n: number) =>
  qbittorrent.change(n, () => ({ progress: 1, phase: 'complete', finishedAt: Math.floor(now() / 1000) }));

const published = ({ calls }: Model) => calls.filter(({ to }) => to === 'publish');

/** The first message that was sent without an available token. */
function beyondBudget(model: Model): number | null {
  let least = Infinity;
  for (const [index, { elapsed }] of published(model).entries()) {
    const gained = elapsed * (PER_MINUTE / MINUTE);
    least = Math.min(least, index - gained);
    if (index + 1 - gained - CAPACITY > least + 1e-6) return index;
  }
  return null;
}

/** Completions that could be sent, but wait. After a failure there is a pause, in which others determine the cause. */
function waitingCompletions({ world }: Model): string[] {
  const snapshot = world.run?.supervisor.getSnapshot().children.outbox?.getSnapshot();
  if (snapshot === undefined) return [];
  const { lanes, inFlight, attempts, failures } = snapshot.context;
  if (failures > 1) return [];
  const busy = new Set(Array.from(inFlight.values(), ({ key }) => key));
  return [...lanes.completion.keys()].filter(
    (key) => !busy.has(key) && !attempts.has(cardOf('completion', key)),
  );
}

const flood = fc.array(
  fc.record({
    more: fc.nat({ max: 40 }),
    finished: fc.nat({ max: 25 }),
    rounds: fc.integer({ min: 1, max: 8 }),
    jump: fc.constantFrom(0, 0, 0, -3, 2),
    fault: fc.option(fc.constantFrom(...(Object.keys(NTFY_FAULTS) as NtfyFault[])), { freq: 3 }),
  }),
  { minLength: 2, maxLength: 8 },
);

const isProgress = ({ kind }: Notification): boolean => kind === 'progress' || kind === 'summary';

for (const [what, summaryFrom] of [
  ['single cards', null],
  ['a summary', 8],
] as const)
  test(`with ${what}, no more messages are sent than the budget allows, and no progress before a completion`, async () => {
    const property = fc.asyncProperty(flood, async (waves) => {
      const early: string[] = [];
      const model = createModel({
        policy: { rate: PER_MINUTE, summaryFrom },
        onPublish: (notification) =>
          void (isProgress(notification) && early.push(...waitingCompletions(model))),
      });
      let [added, done] = [0, 0];
      for (const { more, finished, rounds, jump, fault } of waves) {
        addMany(model, added, more);
        added += more;
        for (const last = Math.min(added, done + finished); done < last; done += 1) finish(model, done);
        model.setClock(jump);
        if (fault !== null) model.state.ntfy = { fault, until: model.clock.now() + 20 * SECOND };
        for (let round = 0; round < rounds; round += 1) {
          advanceAll(model);
          await model.pass(6 * SECOND);
        }
      }
      assert.equal(beyondBudget(model), null);
      assert.deepEqual(early, []);
      model.end(1);
    });
    await fc.assert(property, { numRuns: runs(12) });
  });

const day = fc.record({
  start: fc.nat({ max: 23 }),
  ends: fc.array(fc.nat({ max: 24 * 60 - 1 }), { minLength: 5, maxLength: 60 }),
});

test('a server with 250 messages a day receives no more, and each completion is sent at once', async () => {
  const property = fc.asyncProperty(day, async ({ start, ends }) => {
    const sent = new Map<number, number>();
    const today = () => Math.floor(model.now() / (24 * HOUR));
    const model = createModel({
      policy: { rate: 'auto', pollInterval: MINUTE, stallTime: HOUR },
      allowance: () => ({ daily: QUOTA, left: Math.max(0, QUOTA - (sent.get(today()) ?? 0)) }),
      onPublish: () => void sent.set(today(), (sent.get(today()) ?? 0) + 1),
    });
    model.world.skew += start * HOUR;
    const finishedAt = new Map<string, number>();
    addMany(model, 0, ends.length);
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      for (const [n, end] of ends.entries()) {
        if (end < minute || end >= minute + 10) continue;
        finishedAt.set(`torrent ${n}, round 1`, model.clock.now());
        finish(model, n);
      }
      advanceAll(model);
      await model.pass(10 * MINUTE);
    }
    const days = Map.groupBy(published(model), ({ now }) => Math.floor(now / (24 * HOUR)));
    for (const calls of days.values()) assert.ok(calls.length <= QUOTA, `${calls.length} messages in a day`);
    for (const { notification, at } of published(model)) {
      if (notification?.kind !== 'completion') continue;
      const late = at - (finishedAt.get(notification.torrent.name ?? '') ?? 0);
      assert.ok(late <= MINUTE + 5 * SECOND, `a completion left after ${late} ms`);
    }
    assert.equal(model.phone.completed.size, new Set(finishedAt.keys()).size);
    model.end(1);
  });
  await fc.assert(property, { numRuns: runs(4) });
});
