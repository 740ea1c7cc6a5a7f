/** The phone on an open page. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createPhonePreview } from '../../src/page/index.ts';
import { createBoard } from '../../src/page/live/board.ts';
import { recorder } from '../server/apps.ts';
import { startWorld } from '../support/world.ts';
import { deleted, published } from './preview-changes.ts';
import { countObservers, countTimers, sourcesOf, startApp, take } from './setup.ts';

/** Milliseconds: the next heartbeat sends all changes. */
const HEARTBEAT = 15_000;

function start(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const world = startWorld();
  const preview = createPhonePreview(() => world.clock.now());
  const board = createBoard(sourcesOf(world, { preview }), recorder().log);
  t.after(() => board.close());
  const next = async (viewer: ReturnType<typeof board.join>) => {
    t.mock.timers.tick(HEARTBEAT);
    return take(viewer);
  };
  return { world, preview, board, next };
}

/** The titles of the cards in markup, in order. */
const titlesIn = (html = '') =>
  [...html.matchAll(/class="title" dir="auto">([^<]*)</g)].map(([, title]) => title);
const isCard = (id: string) => id.startsWith('c-');

describe('an open page', () => {
  test('receives the phone with the first message', async (t) => {
    const { preview, board } = start(t);
    preview.onAccepted(published('progress'));
    const whole = await take(board.join(null, ''));
    assert.deepEqual(titlesIn(whole.get('board')), ['progress']);
  });

  test('receives only the card that was updated', async (t) => {
    const { preview, board, next } = start(t);
    for (const title of ['one', 'two', 'three']) preview.onAccepted(published(title));
    const viewer = board.join(null, '');
    await take(viewer);
    preview.onAccepted(published('two', { message: '43%' }));
    const patches = await next(viewer);
    assert.deepEqual([...patches.keys()].filter(isCard).length, 1);
    assert.ok(!patches.has('cards'));
    assert.match([...patches].find(([id]) => isCard(id))?.[1] ?? '', /43%/);
    assert.match(patches.get('preview-counts') ?? '', /4 silent/);
    assert.ok(![...(await next(viewer)).keys()].some(isCard), 'once');
  });

  test('receives the new order when a card appears, is deleted or becomes silent', async (t) => {
    const { preview, board, next } = start(t);
    preview.onAccepted(published('one'));
    preview.onAccepted(published('alert', { priority: 4 }));
    const viewer = board.join(null, '');
    await take(viewer);
    preview.onAccepted(published('two'));
    assert.deepEqual(titlesIn((await next(viewer)).get('cards')), ['alert', 'two', 'one']);
    preview.onAccepted(published('alert', { title: 'resolved' }));
    const silent = (await next(viewer)).get('cards') ?? '';
    assert.deepEqual(titlesIn(silent), ['two', 'resolved', 'one']);
    assert.match(silent, /^<div class="cards" id="cards">\s*<h3 id="cards-title">Silent<\/h3>/);
    preview.onAccepted(deleted('two'));
    assert.deepEqual(titlesIn((await next(viewer)).get('cards')), ['resolved', 'one']);
    for (const title of ['alert', 'one']) preview.onAccepted(deleted(title));
    assert.match((await next(viewer)).get('cards') ?? '', /No notifications since the sidecar started/);
  });

  test('receives the heading of silent cards when the only card becomes silent', async (t) => {
    const { preview, board, next } = start(t);
    preview.onAccepted(published('alert', { priority: 4 }));
    const viewer = board.join(null, '');
    assert.doesNotMatch((await take(viewer)).get('board') ?? '', /cards-title/);
    preview.onAccepted(published('alert', { title: 'resolved' }));
    assert.match((await next(viewer)).get('cards') ?? '', /cards-title/);
  });

  test('that was disconnected receives what it missed, also a deletion', async (t) => {
    const { preview, board, next } = start(t);
    for (const title of ['one', 'two']) preview.onAccepted(published(title));
    const other = board.join(null, '');
    await take(other);
    const viewer = board.join(null, '');
    const { id = '' } = (await viewer?.next()) ?? {};
    viewer?.leave();
    preview.onAccepted(published('two', { message: '50%' }));
    await next(other);
    preview.onAccepted(deleted('two'));
    await next(other);
    const missed = await take(board.join(null, id));
    assert.deepEqual(titlesIn(missed.get('cards')), ['one']);
    assert.deepEqual(
      [...missed].filter(([id]) => isCard(id)).map(([, html]) => html.includes('data-gone')),
      [true],
    );
  });

  test('shows the date of the cards once the day has changed', async (t) => {
    const { world, preview, board, next } = start(t);
    preview.onAccepted(published('one'));
    const viewer = board.join(null, '');
    await take(viewer);
    assert.ok(!(await next(viewer)).has('cards'));
    await world.pass(24 * 60 * 60_000);
    assert.match((await next(viewer)).get('cards') ?? '', />\d+ \w{3} \d\d:\d\d</);
    assert.ok(!(await next(viewer)).has('cards'), 'once');
  });

  test('stays small with ten thousand cards', async (t) => {
    const { preview, board, next } = start(t);
    const message = 'x'.repeat(4000);
    for (let n = 0; n < 10_000; n += 1) preview.onAccepted(published(`s${n}`, { message }));
    const viewer = board.join(null, '');
    const whole = await viewer?.next();
    assert.ok((whole?.html.length ?? 0) < 250_000, `${whole?.html.length} characters`);
    preview.onAccepted(published('s9999', { message: 'y' }));
    const patches = await next(viewer);
    assert.ok([...patches.values()].join('').length < 10_000);
  });
});

describe('without viewers', () => {
  test('a message costs no timer, no listener and no rendering', (t) => {
    const world = startWorld();
    const observers = countObservers(world.supervisor);
    const timers = countTimers();
    const preview = createPhonePreview();
    const list = t.mock.method(preview, 'list');
    const board = createBoard(sourcesOf(world, { preview }), recorder().log);
    t.after(() => board.close());
    for (let n = 0; n < 1000; n += 1) preview.onAccepted(published(`s${n}`));
    assert.deepEqual([observers.now, countTimers(), list.mock.callCount()], [0, timers, 0]);
    board.render(null);
    assert.equal(list.mock.callCount(), 1);
  });
});

test('the phone is on the page as loaded, and neither in /status nor in /metrics', async (t) => {
  const { call, world } = startApp(t);
  world.track('00'.repeat(20));
  const page = await (await call('/')).text();
  assert.match(page, /On the phone<\/h2>.*No notifications since the sidecar started/s);
  assert.match(page, /<a class="to-preview" href="#preview-title">/);
  for (const path of ['/status', '/metrics'])
    assert.doesNotMatch(await (await call(path)).text(), /preview|No notifications/);
});
