/** Cards that move to another topic. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Notification, TorrentRecord } from '../../../machines/domain.ts';
import { failure, hashOf, MINUTE, ok, SECOND, seen } from '../fixtures.ts';
import { createTestRules, inCategory } from '../../support/rules.ts';
import { isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const a = hashOf(1);

/** The category is the route; without one, the default topic. */
const byCategory = () =>
  createTestRules(({ category }) => (category ? { rule: category, route: category } : null));

const cardsOf = ({ phone }: World): string[] => [...phone.cards.keys()].toSorted();

async function startCard(category: string, over: Parameters<typeof startWorld>[0] = {}) {
  const { rules } = byCategory();
  const world = startWorld({ rules, ...over });
  world.set(a, { progress: 0.3, ...inCategory(category) });
  world.track(a);
  await world.pass(10 * SECOND);
  return world;
}

describe('a category that changes during the download', () => {
  test('moves the card within 30 s: it is deleted there, and published here', async () => {
    const world = await startCard('films');
    assert.deepEqual(cardsOf(world), [`films/${a}`]);
    world.set(a, inCategory('music'));
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [`music/${a}`]);
    world.set(a, inCategory(''));
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [a]);
  });

  for (const phase of ['queued', 'stopped', 'stalled', 'metadata', 'checking'] as const) {
    test(`moves the card of a torrent that is ${phase}, too`, async () => {
      const world = await startCard('films');
      world.set(a, { phase });
      await world.pass(5 * MINUTE);
      world.set(a, inCategory('music'));
      await world.pass(MINUTE);
      assert.deepEqual(cardsOf(world), [`music/${a}`]);
      const card = world.phone.cards.get(`music/${a}`);
      assert.ok(card?.kind === 'progress' && card.card.percent === 30);
    });
  }

  test('to and fro leaves one card, on the topic of the last one', async () => {
    const world = await startCard('films');
    for (const category of ['music', 'films', 'books', 'films']) {
      world.set(a, inCategory(category));
      await world.pass(6 * SECOND);
    }
    await world.pass(30 * SECOND);
    assert.deepEqual(cardsOf(world), [`films/${a}`]);
    assert.deepEqual(world.records()[0]?.oldCards, []);
  });

  test('while ntfy does not answer moves it when it does', async () => {
    const world = await startCard('films');
    world.script.publish = () => failure('unreachable');
    world.set(a, inCategory('music'));
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(10 * MINUTE);
    assert.deepEqual(cardsOf(world), [`music/${a}`]);
  });

  test('at the end sends the completion to the new topic, and deletes the card on the old one', async () => {
    const world = await startCard('films');
    world.set(a, { progress: 1, phase: 'complete', ...inCategory('music') });
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), [`music/${a}-done`]);
    assert.ok(isOver(world));
  });
});

test('a changed rules file moves the card as well', async () => {
  const changing = createTestRules(() => ({ rule: 'r', route: 'one' }));
  const world = startWorld({ rules: changing.rules });
  world.set(a, { progress: 0.3 });
  world.track(a);
  await world.pass(10 * SECOND);
  assert.deepEqual(cardsOf(world), [`one/${a}`]);
  changing.change(() => ({ rule: 'r', route: 'two' }));
  await world.pass(30 * SECOND);
  assert.deepEqual(cardsOf(world), [`two/${a}`]);
});

describe('an alert', () => {
  const policy = { stallTime: MINUTE, stalledAfter: MINUTE, rate: null };

  test('moves with its card, without a second sound', async () => {
    const world = await startCard('films', { policy });
    world.set(a, { phase: 'stalled' });
    await world.pass(3 * MINUTE);
    assert.deepEqual(cardsOf(world), [`films/${a}`, `films/${a}-err`]);
    // After an hour the same alert would be heard again.
    await world.pass(61 * MINUTE);
    world.set(a, inCategory('music'));
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), [`music/${a}`, `music/${a}-err`]);
    const alerts = world.phone.accepted.flatMap((one) => (one.kind === 'alert' ? [one.silent === true] : []));
    assert.deepEqual(alerts, [false, true]);
  });

  test('that ends after it moved is deleted where it is', async () => {
    const world = await startCard('films', { policy });
    world.set(a, { phase: 'stalled' });
    await world.pass(3 * MINUTE);
    world.set(a, inCategory('music'));
    await world.pass(MINUTE);
    world.set(a, { phase: 'downloading', progress: 0.4 });
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), [`music/${a}`]);
  });

  test('is deleted when its rule excludes alerts from now on', async () => {
    const changing = createTestRules(() => null);
    const world = startWorld({ rules: changing.rules, policy });
    world.set(a, { progress: 0.3 });
    world.track(a);
    await world.pass(10 * SECOND);
    world.set(a, { phase: 'stalled' });
    await world.pass(3 * MINUTE);
    assert.ok(world.phone.cards.has(`${a}-err`));
    changing.change(() => ({ rule: 'no alerts', send: ['progress', 'completion'] }));
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), [a]);
  });
});

/** A progress card that an earlier process has sent. */
const cardOn = (route: string): Notification => ({
  kind: 'progress',
  key: a,
  torrent: seen({ hash: a }),
  at: 0,
  card: { percent: 30, phase: 'downloading' },
  shown: null,
  route,
});

/** The records at each moment at which something was stored, as a kill at that moment leaves them. */
const momentsOf = (written: World['written']): TorrentRecord[] =>
  written.flatMap((event) =>
    event.type === 'record.save' ? [JSON.parse(JSON.stringify(event.record)) as TorrentRecord] : [],
  );

describe('a kill at any moment of a move', () => {
  test('leaves exactly one card after the restart', async () => {
    const first = await startCard('films');
    const from = first.written.length - 1;
    first.set(a, inCategory('music'));
    await first.pass(MINUTE);
    const moments = momentsOf(first.written.slice(from));
    assert.ok(moments.length >= 4, `${moments.length} moments`);
    for (const record of moments) {
      const { rules } = byCategory();
      const world = startWorld({ rules, records: [record] });
      // What is on the phone if each request arrived and no answer.
      if (record.cardRoute === 'films' || record.oldCards.includes('films'))
        world.phone.receive(cardOn('films'));
      if (record.cardRoute === 'music') world.phone.receive(cardOn('music'));
      world.set(a, { progress: 0.3, phase: 'queued', ...inCategory('music') });
      await world.pass(2 * MINUTE);
      assert.deepEqual(cardsOf(world), [`music/${a}`], JSON.stringify(record));
    }
  });

  test('also when the rules file is gone after the restart', async () => {
    const first = await startCard('films');
    const [record] = first.records();
    assert.ok(record !== undefined);
    const world = startWorld({ records: [record] });
    world.set(a, { progress: 0.3 });
    world.phone.receive(cardOn('films'));
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), [a]);
  });
});

test('a torrent does not end before its cards are deleted from former topics', async () => {
  const world = await startCard('films');
  const publish = world.script.publish;
  world.script.publish = (notification) =>
    notification.route === 'films' ? failure('broken') : publish(notification);
  world.set(a, inCategory('music'));
  await world.pass(10 * SECOND);
  world.set(a, { progress: 1, phase: 'complete' });
  await world.pass(20 * SECOND);
  assert.equal(isOver(world), false);
  world.script.publish = publish;
  await world.pass(20 * MINUTE);
  assert.deepEqual(cardsOf(world), [`music/${a}-done`]);
  assert.ok(isOver(world));
});
