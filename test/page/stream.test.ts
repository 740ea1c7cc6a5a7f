import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, SECOND } from '../machines/fixtures.ts';
import { following, startSimulatedScene, take } from './setup.ts';

const row = (n: number) => `t-${hashOf(n)}`;

describe('a viewer', () => {
  test('receives the whole page, then only changes', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(3));
    const viewer = board.join(null, '');
    const first = await take(viewer);
    assert.deepEqual([...first.keys()], ['summary', 'board', 'announcement']);
    for (const n of [0, 1, 2]) assert.ok(first.get('board')?.includes(row(n)));

    world.set(hashOf(1), { progress: 0.5 });
    await pass(5 * SECOND);
    const next = await take(viewer);
    assert.deepEqual(
      [...next.keys()].filter((id) => id.startsWith('t-')),
      [row(1)],
    );
    assert.match(next.get(row(1)) ?? '', /50%/);
  });

  test('receives a row for a new torrent, and the removal of a finished one', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(1));
    const viewer = board.join(null, '');
    await take(viewer);
    world.set(hashOf(5), { name: 'new' });
    world.track(hashOf(5));
    await pass(0);
    const added = await take(viewer);
    assert.match(added.get(row(5)) ?? '', /^<li [^>]*data-in="torrents"/);
    assert.match(added.get('summary') ?? '', /2 downloads/);

    world.set(hashOf(0), { phase: 'complete', progress: 1 });
    await pass(20 * SECOND);
    const ended = await take(viewer);
    assert.equal(ended.get(row(0)), `<li id="${row(0)}" data-gone></li>`);
    assert.match(ended.get('finished') ?? '', /torrent 0.*Complete/);
    assert.match(ended.get('announcement') ?? '', /role="status">torrent 0: complete\.</);
  });

  test('receives simultaneous changes as one message, and nothing without a change', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(50));
    const viewer = board.join(null, '');
    await take(viewer);
    for (let n = 0; n < 50; n += 1) world.set(hashOf(n), { progress: 0.2 });
    await pass(5 * SECOND);
    const rows = [...(await take(viewer)).keys()].filter((id) => id.startsWith('t-'));
    assert.equal(rows.length, 50);

    // Polled again, without a change.
    await pass(20 * SECOND);
    world.set(hashOf(7), { progress: 0.9 });
    await pass(5 * SECOND);
    const last = [...(await take(viewer)).keys()].filter((id) => id.startsWith('t-'));
    assert.deepEqual(last, [row(7)]);
  });

  test('that reads slowly receives only the newest version of each row', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(2));
    const slow = board.join(null, '');
    const quick = board.join(null, '');
    await take(slow);
    await take(quick);
    for (const progress of [0.3, 0.4, 0.5]) {
      world.set(hashOf(1), { progress });
      await pass(5 * SECOND);
      assert.match((await take(quick)).get(row(1)) ?? '', new RegExp(`${progress * 100}%`));
    }
    const message = await slow?.next();
    assert.equal(message?.html.match(/<li class="torrent"/g)?.length, 1);
    assert.match(message?.html ?? '', /50%/);
  });

  test('ends with the page', async (t) => {
    const { board } = startSimulatedScene(t, await following(1));
    const viewer = board.join(null, '');
    await take(viewer);
    const waiting = viewer?.next();
    board.close();
    assert.equal(await waiting, null);
    assert.equal(await viewer?.next(), null);
  });
});

describe('a viewer that reconnects', () => {
  test('receives only the changes since, while another viewer stayed', async (t) => {
    const { world, board, pass } = startSimulatedScene(t, await following(3));
    const other = board.join(null, '');
    const viewer = board.join(null, '');
    const { id = '' } = (await viewer?.next()) ?? {};
    viewer?.leave();
    world.set(hashOf(1), { progress: 0.7 });
    world.set(hashOf(2), { phase: 'complete', progress: 1 });
    await pass(20 * SECOND);
    let sent = '';
    while (!sent.includes('data-gone')) sent += (await other?.next())?.html ?? assert.fail('it ended');
    const missed = await take(board.join(null, id));
    assert.ok(!missed.has('board'));
    assert.deepEqual(
      [...missed.keys()].filter((id) => id.startsWith('t-')).toSorted(),
      [row(1), row(2)].toSorted(),
    );
    assert.match(missed.get(row(2)) ?? '', /data-gone/);
  });

  test('receives the whole page if no viewer stayed, or if its last event ID is unknown', async (t) => {
    const { board } = startSimulatedScene(t, await following(1));
    const viewer = board.join(null, '');
    const { id = '' } = (await viewer?.next()) ?? {};
    viewer?.leave();
    const strange = [id, '', 'x', '.', '1.1', `${id}9`, `${id.split('.')[0]}.-1`, `${id.split('.')[0]}.NaN`];
    for (const after of strange) {
      const back = board.join(null, after);
      assert.ok((await take(back)).has('board'), after);
      back?.leave();
    }
  });
});

test('the number of viewers is limited', async (t) => {
  const { board } = startSimulatedScene(t);
  const viewers = Array.from({ length: 40 }, () => board.join(null, ''));
  assert.equal(viewers.filter((viewer) => viewer !== null).length, 32);
  viewers[0]?.leave();
  assert.notEqual(board.join(null, ''), null);
});

test('a crashed torrent is shown as crashed, and normally after its restart', async (t) => {
  const { world, board, pass } = startSimulatedScene(t, await following(2));
  const viewer = board.join(null, '');
  await take(viewer);
  world.script.poisoned.add(hashOf(1));
  while (!world.events.some(({ type }) => type === 'torrent.crashed')) await pass(SECOND / 4);
  assert.match((await take(viewer)).get(row(1)) ?? '', /Crashed in the sidecar, restarting/);
  world.script.poisoned.clear();
  await pass(60 * SECOND);
  assert.match((await take(viewer)).get(row(1)) ?? '', /Downloading/);
});
