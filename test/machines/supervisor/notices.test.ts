/** The cards about the rules: an invalid file, and topics that ntfy refuses. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, Notification } from '../../../machines/domain.ts';
import type { Publication } from '../../../machines/outbox/machine.ts';
import { hashOf, HOUR, MINUTE, ok, SECOND } from '../fixtures.ts';
import { createTestRules } from '../../support/rules.ts';
import { completionsOf, isOver, startWorld } from '../../support/world.ts';
import type { World } from '../../support/world.ts';

const [a, b] = [hashOf(1), hashOf(2)];

const forbidden: Failure = {
  kind: 'unauthorized',
  message: 'ntfy answered 40301',
  answer: { status: 403, code: 40_301, bytes: 1 },
};

const refuseFilms = ({ route }: Notification): Publication =>
  route === 'films' ? { ok: false, failure: forbidden } : ok({ live: true });

const { rules } = createTestRules(({ name }) =>
  name === 'film' ? { rule: 'films', route: 'films', send: ['progress', 'completion', 'removed'] } : null,
);

const noticesOf = ({ phone }: World, key: string): string[] =>
  phone.accepted.flatMap((one) =>
    one.key !== key ? [] : [one.kind === 'incident' ? `incident: ${one.failure.message}` : one.kind],
  );

const savedOf = ({ facts }: World) =>
  facts.flatMap((fact) => (fact.type === 'notices.save' ? [fact.notices] : [])).at(-1);

/** A film is complete while ntfy refuses its topic. */
async function startRefused() {
  const world = startWorld({ rules });
  world.script.publish = refuseFilms;
  world.set(a, { name: 'film', progress: 0.5 });
  world.track(a);
  await world.pass(10 * SECOND);
  return world;
}

describe('a topic that ntfy refuses', () => {
  test('causes one incident on the default topic, which names the rule and no topic', async () => {
    const world = await startRefused();
    world.set(a, { progress: 0.6 });
    await world.pass(HOUR);
    const notices = noticesOf(world, 'topic');
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /^incident: ntfy refuses the topic of the rule "films"/);
    assert.deepEqual(savedOf(world), { rules: false, topic: true, refused: ['films'] });
  });

  test('delays other torrents not at all', async () => {
    const world = await startRefused();
    world.set(b, { name: 'other', progress: 1, phase: 'complete' });
    world.track(b);
    await world.pass(10 * SECOND);
    assert.ok(world.phone.cards.has(`${b}-done`));
  });

  test('gets no completion: after five minutes it is on the default topic, with one sound', async () => {
    const world = await startRefused();
    world.set(a, { progress: 1, phase: 'complete' });
    await world.pass(4 * MINUTE);
    assert.equal(world.phone.completed.get('film'), undefined);
    await world.pass(2 * MINUTE);
    assert.ok(world.phone.cards.has(`${a}-done`));
    assert.deepEqual([world.phone.completed.get('film'), world.phone.sounds.get('film')], [1, 1]);
    await world.pass(15 * MINUTE);
    assert.ok(isOver(world));
  });

  test('has its completions stored for the default topic before they go there', async () => {
    const world = await startRefused();
    world.set(a, { progress: 1, phase: 'complete' });
    await world.pass(4 * MINUTE);
    assert.equal(world.records()[0]?.route, 'films');
    world.script.publish = (notification) =>
      notification.kind === 'completion' ? { ok: false, failure: forbidden } : refuseFilms(notification);
    await world.pass(2 * MINUTE);
    assert.equal(world.records()[0]?.route, 'default');
    // After a kill at this moment it goes to one topic only, although both work.
    const after = startWorld({ rules, records: world.records() });
    await after.pass(10 * MINUTE);
    assert.deepEqual(
      completionsOf(after).map(({ route }) => route),
      [undefined],
    );
  });

  test('delays a removal by five minutes', async () => {
    const world = await startRefused();
    world.torrents.delete(a);
    await world.pass(20 * MINUTE);
    assert.ok(world.phone.cards.has(`${a}-gone`));
    assert.ok(isOver(world));
  });

  test('delays an addition by five minutes', async () => {
    const adding = createTestRules(() => ({ rule: 'films', route: 'films', send: ['added', 'completion'] }));
    const world = startWorld({ rules: adding.rules });
    world.script.publish = refuseFilms;
    world.set(a, { name: 'film', progress: 0.5 });
    world.track(a);
    const additions = () =>
      world.phone.accepted.flatMap((one) => (one.kind === 'added' ? [one.route ?? 'default'] : []));
    await world.pass(4 * MINUTE);
    assert.deepEqual(additions(), []);
    await world.pass(2 * MINUTE);
    assert.deepEqual(additions(), ['default']);
    // It is not announced again when the topic works.
    world.script.publish = () => ok({ live: true });
    await world.pass(HOUR);
    assert.deepEqual(additions(), ['default']);
  });

  test('causes an all-clear when it works again', async () => {
    const world = await startRefused();
    await world.pass(MINUTE);
    world.script.publish = () => ok({ live: true });
    await world.pass(5 * MINUTE);
    world.set(a, { progress: 0.7 });
    await world.pass(MINUTE);
    assert.equal(noticesOf(world, 'topic').at(-1), 'incident-resolved');
    assert.equal(noticesOf(world, 'topic').length, 2);
    assert.ok(world.phone.cards.has(`films/${a}`));
    assert.deepEqual(savedOf(world), { rules: false, topic: false, refused: [] });
  });

  test('causes an all-clear when no rule uses it any more, also after a restart', async () => {
    const before = await startRefused();
    await before.pass(MINUTE);
    const notices = savedOf(before);
    assert.ok(notices !== undefined);
    for (const world of [before, startWorld({ rules, notices })]) {
      world.supervisor.send({ type: 'rules.loaded', routes: ['movies'] });
      await world.pass(MINUTE);
      assert.equal(noticesOf(world, 'topic').at(-1), 'incident-resolved');
      assert.deepEqual(savedOf(world), { rules: false, topic: false, refused: [] });
    }
  });

  test('is known after a restart: the next completion tries it once, and goes to the default topic', async () => {
    const before = await startRefused();
    await before.pass(MINUTE);
    const notices = savedOf(before);
    assert.ok(notices !== undefined);
    const world = startWorld({ rules, notices });
    world.script.publish = refuseFilms;
    world.set(a, { name: 'film', progress: 1, phase: 'complete' });
    world.track(a);
    await world.pass(20 * SECOND);
    assert.ok(world.phone.cards.has(`${a}-done`));
  });
});

describe('an invalid change of the rules file', () => {
  test('causes one incident, and one all-clear', async () => {
    const world = startWorld({ rules });
    world.supervisor.send({ type: 'rules.loaded', routes: [] });
    await world.pass(MINUTE);
    assert.deepEqual(noticesOf(world, 'rules'), []);
    for (let times = 0; times < 3; times += 1)
      world.supervisor.send({ type: 'rules.rejected', problem: 'rules.yaml:3:5: unknown key' });
    await world.pass(MINUTE);
    world.supervisor.send({ type: 'rules.loaded', routes: [] });
    world.supervisor.send({ type: 'rules.loaded', routes: [] });
    await world.pass(MINUTE);
    world.supervisor.send({ type: 'rules.loaded', routes: [] });
    await world.pass(MINUTE);
    assert.deepEqual(noticesOf(world, 'rules'), [
      'incident: rules.yaml:3:5: unknown key',
      'incident-resolved',
    ]);
  });

  test('that was corrected while the process did not run causes an all-clear at the start', async () => {
    const world = startWorld({ rules, notices: { rules: true, topic: false, refused: [] } });
    world.supervisor.send({ type: 'rules.loaded', routes: [] });
    await world.pass(MINUTE);
    assert.deepEqual(noticesOf(world, 'rules'), ['incident-resolved']);
  });

  test('is heard once an hour', async () => {
    const world = startWorld({ rules });
    for (const problem of ['first', 'second']) {
      world.supervisor.send({ type: 'rules.rejected', problem });
      await world.pass(MINUTE);
    }
    const silent = world.phone.accepted.map((one) => one.kind === 'incident' && one.silent === true);
    assert.deepEqual(silent, [false, true]);
  });
});
