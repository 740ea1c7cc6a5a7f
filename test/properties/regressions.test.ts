/** Timelines that violated a property once, each minimized. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { applyStep, runTimeline, finishAndSettle } from './timeline.ts';
import type { Timeline } from './steps.ts';
import { createModel } from './model.ts';
import type { Model, ModelOptions } from './model.ts';

const plain = { do: 'add', n: 0, magnet: false, hooks: 1 } as const;
const hybrid = (magnet: boolean, hooks: number) => ({ do: 'add', n: 2, magnet, hooks }) as const;
const wait = (ms: number) => ({ do: 'pass', ms }) as const;
const ntfyDown = (ms: number) => ({ do: 'ntfy', fault: 'closeBefore', ms }) as const;

const loginRefused = (ms: number) => ({ do: 'qbit', fault: 'misdirected', requests: ['login'], ms }) as const;

async function modelAfter(timeline: Timeline, options: ModelOptions = {}): Promise<Model> {
  const model = createModel(options);
  await runTimeline(model, timeline);
  return model;
}

const kinds = ({ phone }: Model) => [...phone.cards.values()].map(({ kind }) => kind);

test('a first card that ntfy accepted just before the process was killed is deleted when the torrent is complete', async () => {
  // The third call after the hook is the first publish, after scan and poll.
  const model = await modelAfter([
    plain,
    { do: 'crash', calls: 3, moment: 'after', down: SECOND },
    wait(MINUTE),
  ]);
  applyStep(model, { do: 'finish', n: 0 });
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('a first card is also deleted when the torrent finished while the process was down', async () => {
  const model = await modelAfter([
    plain,
    { do: 'crash', calls: 3, moment: 'after', down: MINUTE },
    wait(10 * SECOND),
  ]);
  applyStep(model, { do: 'finish', n: 0 });
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert whose answer was lost in a kill is deleted when the torrent is complete', async () => {
  const model = await modelAfter([
    plain,
    wait(10 * SECOND),
    { do: 'phase', n: 0, phase: 'failed' },
    wait(11 * SECOND),
  ]);
  applyStep(model, { do: 'crash', calls: 2, moment: 'after', down: SECOND });
  await model.pass(20 * SECOND);
  applyStep(model, { do: 'advance', n: 0, by: 0.1 });
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert is deleted although its torrent recovered and completed while ntfy was unavailable', async () => {
  const model = await modelAfter([
    plain,
    wait(10 * SECOND),
    { do: 'phase', n: 0, phase: 'failed' },
    wait(MINUTE),
  ]);
  assert.ok(kinds(model).includes('alert'));
  await runTimeline(model, [
    ntfyDown(MINUTE),
    { do: 'advance', n: 0, by: 0.1 },
    wait(12 * SECOND),
    { do: 'finish', n: 0 },
  ]);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('the alert of a torrent whose actor crashed is deleted when it is complete', async () => {
  const model = await modelAfter([plain, wait(10 * SECOND), ntfyDown(20 * MINUTE)]);
  model.poison(hashOf(0), { guard: 'cardChanged', times: 6 });
  await model.pass(HOUR);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('the all-clear arrives although the process was killed before ntfy accepted it', async () => {
  const model = await modelAfter([{ do: 'expireSession' }, loginRefused(2 * SECOND), wait(2 * SECOND)]);
  assert.deepEqual(kinds(model), ['incident']);
  await runTimeline(model, [ntfyDown(20 * SECOND), wait(10 * SECOND), { do: 'kill', down: SECOND }]);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['incident-resolved']);
});

test('a torrent that was added again while its old card waits for deletion is tracked after a restart too', async () => {
  const model = await modelAfter([
    plain,
    wait(10 * SECOND),
    ntfyDown(5 * MINUTE),
    { do: 'remove', n: 0 },
    wait(MINUTE),
  ]);
  await runTimeline(model, [plain, wait(10 * SECOND), { do: 'kill', down: SECOND }, wait(HOUR)]);
  await finishAndSettle(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 0, round 2']);
});

test('a hybrid that was added again by its first hash, while the card of its second waits for deletion, is tracked', async () => {
  const model = await modelAfter([
    hybrid(false, 1),
    wait(4 * MINUTE),
    { do: 'ntfy', fault: 'unauthorized', ms: 20 * SECOND },
    { do: 'remove', n: 2 },
    wait(4 * MINUTE),
    hybrid(true, 1),
  ]);
  await finishAndSettle(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 2, round 2']);
});

test('a hybrid that was added again by its first hash, before it was missed, is tracked', async () => {
  const model = await modelAfter([
    hybrid(true, 1),
    wait(10 * SECOND),
    { do: 'advance', n: 2, by: 0.1 },
    wait(MINUTE),
  ]);
  await runTimeline(model, [{ do: 'remove', n: 2 }, hybrid(true, 1), wait(MINUTE)]);
  await finishAndSettle(model);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 2, round 2']);
});

test('a hybrid that is found by its second hash after a restart makes one sound', async () => {
  const model = await modelAfter([hybrid(true, 1), wait(10 * SECOND), { do: 'kill', down: SECOND }]);
  applyStep(model, { do: 'advance', n: 2, by: 0.1 });
  await model.pass(1100);
  applyStep(model, { do: 'qbit', fault: 'broken', requests: ['list'], ms: MINUTE });
  await model.pass(5 * SECOND);
  applyStep(model, { do: 'finish', n: 2 });
  await finishAndSettle(model);
  assert.deepEqual([...model.phone.sounds.values()], [1]);
});

test('a list that is refused while polls succeed is not an incident that is opened and resolved repeatedly', async () => {
  const refusing = { do: 'qbit', fault: 'misdirected', requests: ['list'], ms: HOUR } as const;
  const model = await modelAfter([
    plain,
    { ...plain, n: 1 },
    wait(10 * SECOND),
    refusing,
    { do: 'remove', n: 1 },
  ]);
  await model.pass(30 * MINUTE);
  const messages = model.calls.filter(({ notification }) => notification?.key === 'qbittorrent');
  assert.ok(messages.length <= 2, `${messages.length} messages in half an hour`);
});

test('a late all-clear does not hide a newer incident after a restart', async () => {
  const model = await modelAfter([
    { do: 'expireSession' },
    loginRefused(SECOND),
    { do: 'ntfy', fault: 'hang', ms: 3 * SECOND },
  ]);
  await model.pass(4 * MINUTE);
  await runTimeline(model, [
    { do: 'expireSession' },
    plain,
    loginRefused(MINUTE),
    wait(30 * SECOND),
    { do: 'kill', down: SECOND },
  ]);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model).toSorted(), ['completion', 'incident-resolved']);
});

test('a torrent that is removed and added again is found without any hook', async () => {
  const withoutHook = { ...plain, hooks: 0 };
  const model = await modelAfter(
    [wait(MINUTE), withoutHook, wait(2 * MINUTE), { do: 'remove', n: 0 }, wait(3 * MINUTE)],
    {
      policy: { discoverInterval: MINUTE },
    },
  );
  await runTimeline(model, [withoutHook, wait(2 * MINUTE), { do: 'finish', n: 0 }, wait(2 * MINUTE)]);
  assert.deepEqual([...model.phone.completed.keys()], ['torrent 0, round 2']);
  model.end(1);
});

test('the alert of a torrent whose actor crashes is also deleted when the process was killed in the meantime', async () => {
  const model = createModel();
  model.poison(hashOf(0), { guard: 'inPhase', times: Infinity });
  await runTimeline(model, [plain, wait(4 * MINUTE), { do: 'kill', down: SECOND }]);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion']);
});

test('an alert from before a restart is deleted although its alert-clear was still pending at the end', async () => {
  // Another completion has the only slot of a fresh outbox, and the alert-clear waits behind it.
  const other = { ...plain, n: 2 } as const;
  const model = await modelAfter([other, plain, { do: 'phase', n: 0, phase: 'failed' }, wait(MINUTE)]);
  await runTimeline(model, [{ do: 'kill', down: SECOND }, wait(MINUTE)]);
  await finishAndSettle(model);
  assert.deepEqual(kinds(model), ['completion', 'completion']);
});
