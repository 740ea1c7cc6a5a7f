/** The lines of the speeds on an open page. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Viewer } from '../../src/page/live/viewer.ts';
import { MAX_LINES } from '../../src/page/speeds.ts';
import { failure, hashOf, MINUTE, SECOND } from '../machines/fixtures.ts';
import { settle } from '../support/clock.ts';
import { countObservers, following, startApp, startSimulatedScene, take } from './setup.ts';

const line = (n: number) => `l-${hashOf(n)}`;
const MB = 1_000_000;

/** The lines in markup. */
const linesIn = (markup = '') =>
  [...markup.matchAll(/<svg class="speeds" +(?:id="([^"]+)")?[^>]*><path d="([^"]*)"/g)].map(
    ([, id = 'total', path = '']) => ({ id, path }),
  );
const idsIn = (markup = '') => linesIn(markup).map(({ id }) => id);

/** Reads all messages of a viewer: one that does not read is disconnected. */
function follow(viewer: Viewer | null) {
  const messages: string[] = [];
  const read = async (): Promise<void> => {
    for (let next = await viewer?.next(); next; next = await viewer?.next()) messages.push(next.html);
  };
  return { ended: read(), take: () => messages.splice(0).join('') };
}

/** A page of a torrent that somebody watches; the world's polls are 5 s apart. */
async function startWatched(t: TestContext, count = 1) {
  const { world, board, pass } = startSimulatedScene(t, await following(count));
  for (let n = 0; n < count; n += 1) world.set(hashOf(n), { speed: MB });
  const join = () => {
    const viewer = board.join(null, '');
    return { ...follow(viewer), leave: () => viewer?.leave() };
  };
  /** Lets time pass with a refresh after each poll. */
  const watch = async (duration: number, step = 5 * SECOND) => {
    for (let passed = 0; passed < duration; passed += step) await pass(step);
  };
  /** What another viewer receives first. */
  const whole = async () => {
    const viewer = board.join(null, '');
    const message = await take(viewer);
    viewer?.leave();
    return message;
  };
  return { world, board, join, watch, whole };
}

describe('the line of a torrent', () => {
  test('is not drawn before there are two points, then once in an interval, apart from its row', async (t) => {
    const { world, join, watch } = await startWatched(t);
    const viewer = join();
    await settle();
    assert.deepEqual(idsIn(viewer.take()), []);
    for (let n = 1; n <= 24; n += 1) {
      world.set(hashOf(0), { speed: n * MB });
      await watch(5 * SECOND);
    }
    const sent = viewer.take();
    const rows = sent.match(/<li class="torrent"[^]*?<\/li>/g) ?? [];
    const lines = idsIn(sent).filter((id) => id === line(0)).length;
    assert.ok(rows.length >= 23, `${rows.length} rows in two minutes`);
    assert.ok(lines >= 6 && lines <= 8, `${lines} lines in two minutes`);
    assert.deepEqual(idsIn(rows.join('')), [], 'a row is sent without its line');
  });

  test('costs nothing while the speed stays the same', async (t) => {
    const { world, join, watch } = await startWatched(t);
    const viewer = join();
    await watch(11 * MINUTE);
    viewer.take();
    for (let n = 0; n < 12; n += 1) {
      world.set(hashOf(0), { progress: 0.5 + n / 100 });
      await watch(5 * SECOND);
    }
    await settle();
    const sent = viewer.take();
    assert.ok((sent.match(/<li class="torrent"/g)?.length ?? 0) >= 11);
    assert.deepEqual(idsIn(sent), []);
  });

  test('is part of the whole page, with and without scripts', async (t) => {
    const { board, join, watch, whole } = await startWatched(t);
    join();
    await watch(MINUTE);
    const late = await whole();
    assert.deepEqual(idsIn(late.get('board')), [line(0)]);
    assert.deepEqual(idsIn(late.get('summary')), ['total']);
    assert.deepEqual(idsIn([...board.rows()].join('')), [line(0)]);
    assert.deepEqual(idsIn(String(board.render(null).summary)), ['total']);
  });

  test('is deleted with the torrent', async (t) => {
    const { world, join, watch, whole } = await startWatched(t, 2);
    const viewer = join();
    await watch(MINUTE);
    viewer.take();
    world.set(hashOf(0), { phase: 'complete', progress: 1 });
    await watch(20 * SECOND);
    assert.match(viewer.take(), new RegExp(`<li id="${line(0)}" data-gone>`));
    assert.deepEqual(idsIn((await whole()).get('board')), [line(1)]);
  });

  test('has a gap where qBittorrent did not answer', async (t) => {
    const { world, join, watch, whole } = await startWatched(t);
    join();
    await watch(MINUTE);
    const { observe } = world.script;
    world.script.observe = () => failure('unreachable');
    await watch(3 * MINUTE);
    world.script.observe = observe;
    await watch(2 * MINUTE);
    const page = await whole();
    for (const part of [page.get('board'), page.get('summary')])
      assert.equal(linesIn(part)[0]?.path.match(/M/g)?.length, 2, linesIn(part)[0]?.path);
  });

  test('is drawn for a thousand torrents, in several turns', async (t) => {
    const { join, watch, whole } = await startWatched(t, 1100);
    const viewer = join();
    await watch(MINUTE, SECOND);
    const lines = new Set(idsIn(viewer.take()));
    assert.equal(lines.size, 1 + MAX_LINES);
    assert.equal(idsIn((await whole()).get('board')).length, 100, 'those of the first rows');
  });
});

describe('while nobody watches', () => {
  test('nothing is drawn, requested or observed; the next viewer sees the last ten minutes', async (t) => {
    const { world, join, watch, whole } = await startWatched(t);
    const observers = countObservers(world.supervisor);
    const requests = () => world.count('observe', world.clock.now() - 2 * MINUTE);
    await watch(5 * MINUTE);
    const unwatched = requests();
    const first = join();
    await settle();
    assert.deepEqual(new Set(idsIn(first.take())), new Set(['total', line(0)]));
    await watch(2 * MINUTE);
    assert.ok(Math.abs(requests() - unwatched) <= 1, `${requests()} requests, ${unwatched} without viewer`);
    first.leave();
    assert.equal(observers.now, 0);
    await watch(3 * MINUTE);
    const page = await whole();
    for (const part of [page.get('board'), page.get('summary')]) {
      const [drawn] = linesIn(part);
      const starts = [...(drawn?.path.matchAll(/M(\d+)/g) ?? [])].map(([, x]) => Number(x));
      assert.equal(starts.length, 1, 'without a gap');
      assert.ok((starts[0] ?? Infinity) <= 5, `from the first minute on: ${drawn?.path}`);
    }
  });

  test('the lines are gone ten minutes after the last speed', async (t) => {
    const { world, watch, whole } = await startWatched(t);
    await watch(2 * MINUTE);
    world.set(hashOf(0), { speed: 0 });
    await watch(11 * MINUTE);
    const page = await whole();
    assert.deepEqual([idsIn(page.get('board')), idsIn(page.get('summary'))], [[], []]);
  });

  test('a page without scripts has lines, too', async (t) => {
    const world = await following(1);
    const { call } = startApp(t, null, world);
    world.set(hashOf(0), { speed: MB });
    await world.pass(MINUTE);
    assert.deepEqual(idsIn(await (await call('/')).text()), ['total', line(0)]);
  });
});
