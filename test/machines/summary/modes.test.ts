/** `PROGRESS`, `SUMMARY_FROM` and the settings of topics. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashOf, MINUTE, SECOND } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { startWorld } from '../../support/world.ts';
import { acceptedOf, add, change, keysOf, progressCards, startDownloads, summaryOn } from './downloads.ts';

const rate = null;

describe('with PROGRESS=summary', () => {
  test('one download is in a summary, and has no card; the summary goes a minute after it', async () => {
    const world = startDownloads(1, { policy: { rate, progress: 'summary' } });
    await world.pass(30 * SECOND);
    assert.equal(summaryOn(world)?.downloads, 1);
    change(world, keysOf(1), { phase: 'complete', progress: 1 });
    await world.pass(3 * MINUTE);
    assert.equal(summaryOn(world), undefined);
    assert.deepEqual([acceptedOf(world, 'progress'), acceptedOf(world, 'completion')], [0, 1]);
  });

  test('a torrent in error has its alert, and no card', async () => {
    const world = startDownloads(0, { policy: { rate, progress: 'summary' } });
    add(world, keysOf(1), { phase: 'failed' });
    await world.pass(2 * MINUTE);
    assert.deepEqual([acceptedOf(world, 'progress'), acceptedOf(world, 'alert')], [0, 1]);
  });
});

for (const progress of ['cards', 'none'] as const)
  test(`with PROGRESS=${progress} there is no summary`, async () => {
    const world = startDownloads(20, { policy: { rate, progress } });
    await world.pass(MINUTE);
    assert.deepEqual(
      [acceptedOf(world, 'summary'), progressCards(world)],
      [0, progress === 'cards' ? 20 : 0],
    );
  });

test('with SUMMARY_FROM=2 the third download brings a summary, and one is too few for it', async () => {
  const world = startDownloads(2, { policy: { rate, summaryFrom: 2 } });
  await world.pass(30 * SECOND);
  assert.deepEqual([summaryOn(world), progressCards(world)], [undefined, 2]);
  add(world, [hashOf(3)]);
  await world.pass(30 * SECOND);
  assert.deepEqual([summaryOn(world)?.downloads, progressCards(world)], [3, 0]);
  change(world, keysOf(2), { phase: 'stopped' });
  await world.pass(3 * MINUTE);
  assert.deepEqual([summaryOn(world), progressCards(world)], [undefined, 1]);
});

describe('the settings of a topic', () => {
  test('hold there, and not on others', async () => {
    const { rules } = createTestRules(({ category }) => ({ rule: 'r', route: category ?? 'default' }), {
      topics: { films: { summaryFrom: 1 }, books: { progress: 'cards' } },
    });
    const world = startWorld({ policy: { rate }, rules });
    add(world, keysOf(2), inCategory('films'));
    add(world, keysOf(20, 11), inCategory('books'));
    await world.pass(MINUTE);
    assert.deepEqual([summaryOn(world, 'films')?.downloads, summaryOn(world, 'books')], [2, undefined]);
    assert.equal(progressCards(world), 20);
  });

  test('take effect when the rules file changes: a summary begins, and ends', async () => {
    const changing = createTestRules();
    const world = startDownloads(5, { policy: { rate }, rules: changing.rules });
    await world.pass(30 * SECOND);
    assert.equal(progressCards(world), 5);
    changing.change(() => null, { topics: { default: { summaryFrom: 4 } } });
    await world.pass(30 * SECOND);
    assert.deepEqual([progressCards(world), summaryOn(world)?.downloads], [0, 5]);
    changing.change(() => null, { topics: { default: { summaryFrom: null } } });
    await world.pass(30 * SECOND);
    assert.deepEqual([progressCards(world), summaryOn(world)], [5, undefined]);
    changing.change(() => null, { topics: { default: { progress: 'summary' } } });
    await world.pass(30 * SECOND);
    assert.deepEqual([progressCards(world), summaryOn(world)?.downloads], [0, 5]);
    changing.change(() => null, { topics: { default: { progress: 'none' } } });
    await world.pass(MINUTE);
    assert.deepEqual([...world.phone.cards.keys()], []);
  });
});
