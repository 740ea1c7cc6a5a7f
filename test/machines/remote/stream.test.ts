/** When the command topic is read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, download, executed, press, restart, startButtons } from './scene.ts';

describe('the command topic', () => {
  test('is read only while a card has buttons; then there is no timer', async () => {
    const world = await startButtons();
    assert.equal(world.script.stream.opened, 0);
    assert.equal(world.count('support'), 0);
    const hash = await download(world);
    assert.notEqual(world.script.stream.reader, null);
    world.set(hash, { progress: 1, phase: 'complete', finishedAt: 100 });
    await world.pass(MINUTE);
    assert.equal(world.script.stream.reader, null);
    const calls = world.calls.length;
    await world.pass(HOUR);
    assert.equal(world.calls.length, calls);
    assert.equal(world.script.stream.opened, 1);
  });

  test('is one connection for all cards, and is kept while there is one of them', async () => {
    const world = await startButtons();
    const [first] = [await download(world, 1), await download(world, 2), await download(world, 3)];
    world.set(first, { progress: 1, phase: 'complete', finishedAt: 100 });
    await world.pass(MINUTE);
    assert.equal(world.script.stream.opened, 1);
    assert.notEqual(world.script.stream.reader, null);
  });

  test('is read from where the last process ended; after ten minutes, from ten minutes ago', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'pause');
    const next = await restart(world);
    assert.match(next.script.stream.reader?.since ?? '', /^message/);
    const last = await restart(next, HOUR);
    assert.equal(last.script.stream.reader?.since, null);
  });

  test('is read from ten minutes ago if ntfy rejects the position', async () => {
    const world = await startButtons();
    const hash = await download(world);
    await press(world, hash, 'pause');
    const failure = { kind: 'rejected', message: 'invalid since parameter' } as const;
    world.script.stream.reader?.report({ type: 'stream.failed', failure });
    await world.pass(5 * SECOND);
    assert.equal(world.script.stream.reader?.since, null);
    await press(world, hash, 'resume');
    assert.deepEqual(executed(world), ['pause', 'resume']);
  });

  test('is tried again, less often, while ntfy does not answer', async () => {
    const world = await startButtons();
    world.script.stream.isReadable = false;
    await download(world);
    await world.pass(HOUR);
    assert.ok(world.script.stream.opened >= 4 && world.script.stream.opened <= 30);
    world.script.stream.isReadable = true;
    await world.pass(10 * MINUTE);
    assert.notEqual(world.script.stream.reader, null);
  });

  test('is tried again, less often, while ntfy ends each stream at once; soon after one that has worked', async () => {
    const world = await startButtons();
    await download(world);
    const { stream } = world.script;
    const endStream = () =>
      stream.reader?.report({ type: 'stream.failed', failure: { kind: 'unreachable', message: 'closed' } });
    for (let seconds = 0; seconds < 3600; seconds += 1) {
      endStream();
      await world.pass(SECOND);
    }
    assert.ok(stream.opened >= 4 && stream.opened <= 30, `${stream.opened} streams`);
    await world.pass(10 * MINUTE);
    const before = stream.opened;
    for (let times = 1; times <= 10; times += 1) {
      endStream();
      await world.pass(15 * SECOND);
      assert.equal(stream.opened, before + times);
    }
  });
});

describe('an ntfy without sequence IDs', () => {
  test('gets no buttons, and its command topic is not read', async () => {
    const world = await startButtons();
    world.script.support = () => false;
    const hash = await download(world);
    await world.pass(HOUR);
    assert.deepEqual(actionsOf(world, hash), []);
    assert.equal(world.script.stream.opened, 0);
    assert.equal(world.count('support'), 1);
    assert.equal(world.records()[0]?.remote, null);
  });

  test('that does not answer is asked again with the next torrent', async () => {
    const world = await startButtons();
    world.script.support = () => null;
    const hash = await download(world);
    await world.pass(2 * MINUTE);
    assert.deepEqual(actionsOf(world, hash), []);
    world.script.support = () => true;
    await download(world, 2);
    await world.pass(MINUTE);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
  });
});

test('buttons appear with the first card', async () => {
  const world = await startButtons();
  await download(world);
  const first = world.published().find(({ kind }) => kind === 'progress');
  assert.ok(first !== undefined && 'buttons' in first);
});

test('without a command topic no card has buttons, and nothing is asked', async () => {
  const { startWorld } = await import('../../support/world.ts');
  const world = startWorld();
  world.set(hashOf(1), { progress: 0.4 });
  world.track(hashOf(1));
  await world.pass(HOUR);
  assert.ok(world.published().every((notification) => !('buttons' in notification)));
  assert.equal(world.count('support'), 0);
  assert.deepEqual(executed(world), []);
  await world.pass(SECOND);
});
