/** Cards of ended torrents on a topic that ntfy refuses. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, Notification } from '../../../machines/domain.ts';
import { restoreNotices } from '../../../machines/incident/notices.ts';
import { deletionOf, restoreLeftCards, settleLeftCards } from '../../../machines/supervisor/left-cards.ts';
import type { LeftCard } from '../../../machines/supervisor/left-cards.ts';
import { failure, hashOf, HOUR, MINUTE, ok, SECOND, seen } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { createTestRules } from '../../support/rules.ts';
import { isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const a = hashOf(1);

const forbidden: Failure = {
  kind: 'unauthorized',
  message: 'ntfy answered 40301',
  answer: { status: 403, code: 40_301, bytes: 1 },
};

const { rules } = createTestRules(() => ({ rule: 'films', route: 'films' }));
const policy = { stallTime: MINUTE, stalledAfter: MINUTE, rate: null };
const films: LeftCard = { kind: 'card-delete', key: a, route: 'films' };

const refuseFilms = (world: World) => {
  world.script.publish = ({ route }) =>
    route === 'films' ? { ok: false, failure: forbidden } : ok({ live: true });
};
const allow = (world: World) => {
  world.script.publish = () => ok({ live: true });
};

/** Without the card about the topic itself. */
const cardsOf = ({ phone }: World): string[] =>
  [...phone.cards.keys()].filter((name) => name !== 'topic').toSorted();
const leftIn = ({ facts }: World) =>
  facts.flatMap((fact) => (fact.type === 'leftCards.save' ? [fact.leftCards] : [])).at(-1) ?? [];
const attemptsOn = ({ calls }: World, kind: Notification['kind']) =>
  calls.filter((call) => call.to === 'publish' && call.notification.kind === kind).length;

/** A film with a card is complete, and its torrent has ended, while ntfy refuses its topic. */
async function startLeft() {
  const world = startWorld({ rules, policy });
  world.supervisor.send({ type: 'rules.loaded', routes: ['films'] });
  world.set(a, { progress: 0.5 });
  world.track(a);
  await world.pass(10 * SECOND);
  assert.deepEqual(cardsOf(world), [`films/${a}`]);
  refuseFilms(world);
  world.set(a, { progress: 1, phase: 'complete' });
  await world.pass(30 * MINUTE);
  assert.ok(isOver(world), 'the torrent does not wait for its topic');
  return world;
}

/** The cards that a restarted process finds on the phone. */
function showOldCard(world: World): void {
  world.phone.receive({ kind: 'alert', key: a, name: null, percent: 1, alert: 'stalled', route: 'films' });
  const torrent = seen({ hash: a });
  const card = { percent: 50, phase: 'downloading' } as const;
  world.phone.receive({ kind: 'progress', key: a, torrent, at: 0, card, shown: null, route: 'films' });
}

describe('the card of an ended torrent on a refused topic', () => {
  test('is deleted when the topic works, however late', async () => {
    const world = await startLeft();
    assert.ok(cardsOf(world).includes(`films/${a}`));
    assert.deepEqual(leftIn(world), [films]);
    await world.pass(24 * HOUR);
    allow(world);
    await world.pass(6 * MINUTE);
    assert.deepEqual(cardsOf(world), [`${a}-done`]);
    assert.deepEqual(leftIn(world), []);
    assert.deepEqual(timersOf(world.clock), []);
  });

  test('costs one attempt in five minutes', async () => {
    const world = await startLeft();
    const before = attemptsOn(world, 'card-delete');
    await world.pass(HOUR);
    assert.equal(attemptsOn(world, 'card-delete') - before, 12);
  });

  test('is stored: a restarted process deletes it', async () => {
    const world = startWorld({ rules, leftCards: [films, { ...films, kind: 'alert-clear' }] });
    showOldCard(world);
    await world.pass(MINUTE);
    assert.deepEqual(cardsOf(world), []);
    assert.deepEqual(leftIn(world), []);
  });

  test('is tried once more when no rule uses its topic any more, and then left alone', async () => {
    const world = await startLeft();
    world.supervisor.send({ type: 'rules.loaded', routes: ['movies'] });
    await world.pass(10 * MINUTE);
    assert.deepEqual(leftIn(world), []);
    assert.deepEqual(timersOf(world.clock), []);
    const before = attemptsOn(world, 'card-delete');
    await world.pass(HOUR);
    assert.equal(attemptsOn(world, 'card-delete'), before);
  });

  test('that was added again is its card, also after a restart', async () => {
    const world = startWorld({ rules, leftCards: [films], records: [] });
    showOldCard(world);
    const before = await startLeft();
    allow(before);
    before.set(a, { progress: 0.2, phase: 'downloading', finishedAt: null });
    before.track(a);
    await before.pass(10 * MINUTE);
    assert.ok(cardsOf(before).includes(`films/${a}`));
    const next = startWorld({ rules, records: before.records(), leftCards: [films] });
    next.phone.cards.set(`films/${a}`, before.phone.cards.get(`films/${a}`) as Notification);
    next.set(a, { progress: 0.2 });
    await next.pass(10 * MINUTE);
    assert.ok(cardsOf(next).includes(`films/${a}`));
    assert.deepEqual(leftIn(next), []);
  });

  test('is one of at most 500: their number is bounded', () => {
    const notices = restoreNotices({ rules: false, topic: true, refused: ['films'] });
    const cardsUpTo = (count: number) =>
      restoreLeftCards(Array.from({ length: count }, (_, n) => ({ ...films, key: hashOf(100 + n) })));
    const settled = { notification: { ...deletionOf(films), id: '1' }, outcome: 'refused' } as const;
    assert.equal(settleLeftCards(cardsUpTo(499), settled, notices).size, 500);
    assert.equal(settleLeftCards(cardsUpTo(500), settled, notices).size, 500);
  });

  test('is no reason to wait if ntfy is only away', async () => {
    const world = startWorld({ rules });
    world.set(a, { progress: 0.5 });
    world.track(a);
    await world.pass(10 * SECOND);
    world.script.publish = () => failure('unreachable');
    world.set(a, { progress: 1, phase: 'complete' });
    await world.pass(HOUR);
    assert.equal(isOver(world), false);
    assert.deepEqual(leftIn(world), []);
  });
});

const alertsOf = ({ phone }: World) =>
  phone.accepted.flatMap((one) => (one.kind === 'alert' ? [[one.route, one.silent === true]] : []));

/** The topic is refused before the torrent stalls. */
async function startStalled() {
  const world = startWorld({ rules, policy });
  refuseFilms(world);
  world.set(a, { progress: 0.5 });
  world.track(a);
  await world.pass(10 * SECOND);
  world.set(a, { phase: 'stalled' });
  await world.pass(4 * MINUTE);
  assert.deepEqual(alertsOf(world), []);
  return world;
}

describe('an alert whose topic is refused', () => {
  test('is on the default topic after five minutes, with one sound, and stays there', async () => {
    const world = await startStalled();
    await world.pass(10 * MINUTE);
    assert.deepEqual(alertsOf(world), [[undefined, false]]);
    allow(world);
    await world.pass(HOUR);
    assert.deepEqual(alertsOf(world), [[undefined, false]]);
    assert.ok(world.phone.cards.has(`${a}-err`));
  });

  test('is deleted there when the torrent works again', async () => {
    const world = await startStalled();
    await world.pass(10 * MINUTE);
    world.set(a, { phase: 'downloading', progress: 0.6 });
    await world.pass(MINUTE);
    assert.equal(world.phone.cards.has(`${a}-err`), false);
  });

  test('is not sent any more if the torrent works again within five minutes', async () => {
    const world = await startStalled();
    world.set(a, { phase: 'downloading', progress: 0.6 });
    await world.pass(HOUR);
    assert.deepEqual(alertsOf(world), []);
  });

  test('of a torrent that keeps crashing is seen as well', async () => {
    const world = startWorld({ rules, policy });
    world.set(a, { progress: 0.5 });
    world.track(a);
    await world.pass(10 * SECOND);
    refuseFilms(world);
    world.script.poisoned.add(a);
    await world.pass(30 * MINUTE);
    assert.deepEqual(alertsOf(world), [[undefined, false]]);
    world.script.poisoned.delete(a);
    await world.pass(HOUR);
    assert.equal(world.phone.cards.has(`${a}-err`), false);
  });
});
