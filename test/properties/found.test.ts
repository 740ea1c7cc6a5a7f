/** Timelines that broke a property once, each as small as it gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { happen, live, settleDown } from './timeline.ts';
import type { Timeline } from './timeline.ts';
import { createModel } from './model.ts';
import type { Model, ModelOptions } from './model.ts';

const plain = { do: 'add', n: 0, magnet: false, hooks: 1 } as const;
const hybrid = (magnet: boolean, hooks: number) => ({ do: 'add', n: 2, magnet, hooks }) as const;
const wait = (ms: number) => ({ do: 'pass', ms }) as const;
const away = (ms: number) => ({ do: 'ntfy', fault: 'closeBefore', ms }) as const;

const refused = (ms: number) => ({ do: 'qbit', fault: 'misdirected', questions: ['login'], ms }) as const;

async function after(timeline: Timeline, options: ModelOptions = {}): Promise<Model> {
  const model = createModel(options);
  await live(model, timeline);
  return model;
}

const kinds = ({ phone }: Model) => [...phone.cards.values()].map(({ kind }) => kind);

test('a first card that ntfy took just before the process was killed goes when the torrent is complete', async () => {
  // The third call from the hook on is the first publish, after scan and poll.
  const model = await after([plain, { do: 'crash', calls: 3, moment: 'after', down: SECOND }, wait(MINUTE)]);
  happen(model, { do: 'finish', n: 0 });
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('a first card goes too when the torrent was finished while the process was down', async () => {
  const model = await after([
    plain,
    { do: 'crash', calls: 3, moment: 'after', down: MINUTE },
    wait(10 * SECOND),
  ]);
  happen(model, { do: 'finish', n: 0 });
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert whose answer was lost in a kill goes when the torrent is complete', async () => {
  const model = await after([
    plain,
    wait(10 * SECOND),
    { do: 'phase', n: 0, phase: 'failed' },
    wait(11 * SECOND),
  ]);
  happen(model, { do: 'crash', calls: 2, moment: 'after', down: SECOND });
  await model.pass(20 * SECOND);
  happen(model, { do: 'advance', n: 0, by: 0.1 });
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert goes although its torrent got on and was complete while ntfy was away', async () => {
  const model = await after([plain, wait(10 * SECOND), { do: 'phase', n: 0, phase: 'failed' }, wait(MINUTE)]);
  assert.ok(kinds(model).includes('alert'));
  await live(model, [
    away(MINUTE),
    { do: 'advance', n: 0, by: 0.1 },
    wait(12 * SECOND),
    { do: 'finish', n: 0 },
  ]);
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('the alert of a torrent that crashed goes when it is complete', async () => {
  const model = await after([plain, wait(10 * SECOND), away(20 * MINUTE)]);
  model.poison.set(hashOf(0), { guard: 'hasNews', times: 6 });
  await model.pass(HOUR);
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('the all-clear arrives although the process was killed before ntfy took it', async () => {
  const model = await after([{ do: 'forget' }, refused(2 * SECOND), wait(2 * SECOND)]);
  assert.deepEqual(kinds(model), ['incident']);
  await live(model, [away(20 * SECOND), wait(10 * SECOND), { do: 'kill', down: SECOND }]);
  await settleDown(model);
  assert.deepEqual(kinds(model), ['incident-resolved']);
});

test('a torrent that was added again while its old card waits to go is followed after a restart too', async () => {
  const model = await after([
    plain,
    wait(10 * SECOND),
    away(5 * MINUTE),
    { do: 'remove', n: 0 },
    wait(MINUTE),
  ]);
  await live(model, [plain, wait(10 * SECOND), { do: 'kill', down: SECOND }, wait(HOUR)]);
  await settleDown(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 0, round 2']);
});

test('a hybrid that was added again by its first hash, while the card of its second waits to go, is followed', async () => {
  const model = await after([
    hybrid(false, 1),
    wait(4 * MINUTE),
    { do: 'ntfy', fault: 'unauthorized', ms: 20 * SECOND },
    { do: 'remove', n: 2 },
    wait(4 * MINUTE),
    hybrid(true, 1),
  ]);
  await settleDown(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 2, round 2']);
});

test('a hybrid that was added again by its first hash, before it was missed, is followed', async () => {
  const model = await after([
    hybrid(true, 1),
    wait(10 * SECOND),
    { do: 'advance', n: 2, by: 0.1 },
    wait(MINUTE),
  ]);
  await live(model, [{ do: 'remove', n: 2 }, hybrid(true, 1), wait(MINUTE)]);
  await settleDown(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 2, round 2']);
});

test('a hybrid that is found by its second hash after a restart is heard once', async () => {
  const model = await after([hybrid(true, 1), wait(10 * SECOND), { do: 'kill', down: SECOND }]);
  happen(model, { do: 'advance', n: 2, by: 0.1 });
  await model.pass(1100);
  happen(model, { do: 'qbit', fault: 'broken', questions: ['list'], ms: MINUTE });
  await model.pass(5 * SECOND);
  happen(model, { do: 'finish', n: 2 });
  await settleDown(model);
  assert.deepEqual([...model.phone.heard.values()], [1]);
});

test('a list that is refused while polls are answered is no incident that comes and goes', async () => {
  const odd = { do: 'qbit', fault: 'misdirected', questions: ['list'], ms: HOUR } as const;
  const model = await after([plain, { ...plain, n: 1 }, wait(10 * SECOND), odd, { do: 'remove', n: 1 }]);
  await model.pass(30 * MINUTE);
  const said = model.calls.filter(({ notification }) => notification?.key === 'qbittorrent');
  assert.ok(said.length <= 2, `${said.length} messages in half an hour`);
});

test('a relief that arrives late does not hide the incident after it from the next life', async () => {
  const model = await after([
    { do: 'forget' },
    refused(SECOND),
    { do: 'ntfy', fault: 'hang', ms: 3 * SECOND },
  ]);
  await model.pass(4 * MINUTE);
  await live(model, [
    { do: 'forget' },
    plain,
    refused(MINUTE),
    wait(30 * SECOND),
    { do: 'kill', down: SECOND },
  ]);
  await settleDown(model);
  assert.deepEqual(kinds(model).toSorted(), ['completion', 'incident-resolved']);
});

test('a torrent that is removed and added again is found without any hook', async () => {
  const quiet = { ...plain, hooks: 0 };
  const model = await after(
    [wait(MINUTE), quiet, wait(2 * MINUTE), { do: 'remove', n: 0 }, wait(3 * MINUTE)],
    {
      policy: { discoverInterval: MINUTE },
    },
  );
  await live(model, [quiet, wait(2 * MINUTE), { do: 'finish', n: 0 }, wait(2 * MINUTE)]);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 0, round 2']);
  model.end(1);
});

test('the alert of a torrent that crashes goes too when the process was killed meanwhile', async () => {
  const model = createModel();
  model.poison.set(hashOf(0), { guard: 'inPhase', times: Infinity });
  await live(model, [plain, wait(4 * MINUTE), { do: 'kill', down: SECOND }]);
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert from before a restart goes although its clearance was still waiting at the end', async () => {
  // Another completion has the one slot that a fresh outbox has, and the clearance waits behind it.
  const other = { ...plain, n: 2 } as const;
  const model = await after([other, plain, { do: 'phase', n: 0, phase: 'failed' }, wait(MINUTE)]);
  await live(model, [{ do: 'kill', down: SECOND }, wait(MINUTE)]);
  await settleDown(model);
  assert.deepEqual(kinds(model), ['completion', 'completion']);
});
