/** When the command topic is read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestRules } from '../../support/rules.ts';
import { hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { actionsOf, cardOf, download, executed, press, restart, startButtons } from './scene.ts';

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

  test('is not read when a rule wants no buttons for a torrent that was added again', async () => {
    const { rules, change } = createTestRules();
    const world = await startButtons({ rules });
    const hash = await download(world);
    change(() => ({ buttons: { progress: [] } }));
    world.set(hash, { addedAt: 200 });
    await world.pass(MINUTE);
    assert.deepEqual([cardOf(world, hash)?.kind, actionsOf(world, hash)], ['progress', []]);
    assert.equal(world.script.stream.reader, null);
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

describe('a stream that something in front of ntfy ends', () => {
  const closed = { type: 'stream.failed', failure: { kind: 'unreachable', message: 'closed' } } as const;

  /** How often it is opened within half an hour, if each lasts for so many milliseconds. */
  async function countOpened(lasts: number): Promise<number> {
    const world = await startButtons({ policy: { retryMax: 5 * MINUTE } });
    await download(world);
    const { stream } = world.script;
    const before = stream.opened;
    const end = world.clock.now() + HOUR / 2;
    while (world.clock.now() < end) {
      if (stream.reader !== null) {
        await world.pass(lasts);
        stream.reader.report(closed);
      }
      await world.pass(200);
    }
    return stream.opened - before;
  }

  test('as soon as it begins is opened less and less often', async () => {
    assert.ok((await countOpened(100)) < 30);
  });

  test('after half a minute each time is opened again at once', async () => {
    assert.ok((await countOpened(30 * SECOND)) > 50);
  });
});

test('a topic that ntfy refuses once, although it may be read, is read after a few seconds', async () => {
  const world = await startButtons();
  const hash = await download(world);
  const { stream } = world.script;
  const answer = { status: 403, code: 40_301, bytes: 0 };
  const failure = { kind: 'unauthorized', message: '40301', answer } as const;
  await world.pass(MINUTE);
  stream.reader?.report({ type: 'stream.failed', failure });
  await world.pass(3 * SECOND);
  assert.notEqual(stream.reader, null);
  await press(world, hash, 'pause');
  assert.deepEqual(executed(world), ['pause']);
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

  test('that does not answer is asked again with the next card, at most once a minute', async () => {
    const world = await startButtons();
    world.script.support = () => null;
    const hash = await download(world);
    const update = async (progress: number) => {
      world.set(hash, { progress });
      await world.pass(10 * SECOND);
    };
    for (let n = 0; n < 30; n += 1) await update(0.5 + n / 100);
    assert.deepEqual(actionsOf(world, hash), []);
    assert.ok(world.count('support') >= 4 && world.count('support') <= 6);
    world.script.support = () => true;
    for (let n = 0; n < 8; n += 1) await update(0.8 + n / 100);
    assert.deepEqual(actionsOf(world, hash), ['pause', 'mute', 'delete']);
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
