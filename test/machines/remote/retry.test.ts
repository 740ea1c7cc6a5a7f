/** Presses of "Try again" on the incident card of a refused login. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import {
  accept,
  answerOf,
  buttonsOf,
  cardOf,
  commandOf,
  isRead,
  kindsOf,
  press,
  refuse,
  results,
  setOf,
  soundsOf,
  startRefused,
} from './retry-scene.ts';
import { actionsOf, download, startButtons, executed, press as pressOf } from './scene.ts';

describe('a press of Try again', () => {
  test('logs in at once, and a login that succeeds gives the usual all-clear, but not sooner than 1.1 s', async () => {
    const world = await startRefused();
    accept(world);
    press(world);
    await world.pass(10);
    assert.equal(world.count('login'), 2);
    await world.pass(1080);
    assert.deepEqual(kindsOf(world), ['incident']);
    await world.pass(100);
    assert.deepEqual(kindsOf(world), ['incident', 'incident-resolved']);
    assert.deepEqual(results(world), ['done']);
    assert.equal(soundsOf(world), 1);
  });

  test('that is refused is answered on the card, in silence, not sooner than 1.1 s, with a new button', async () => {
    const world = await startRefused();
    const { serial, round } = press(world);
    await world.pass(1090);
    assert.equal(answerOf(world), null);
    await world.pass(100);
    assert.deepEqual(answerOf(world), {
      action: 'retry',
      failure: { kind: 'unauthorized', message: 'unauthorized' },
      sharesFiles: null,
    });
    assert.deepEqual([buttonsOf(world), setOf(world)?.round], [['retry'], round]);
    assert.ok(commandOf(world).serial > serial);
    assert.equal(world.count('login'), 2);
    assert.equal(soundsOf(world), 1);
    assert.deepEqual(results(world), ['unauthorized']);
  });

  test('makes no sound in a browser, or after the card was dismissed, or hours later', async () => {
    for (const app of ['android', 'web push'] as const) {
      const world = await startRefused({ app });
      await world.pass(3 * HOUR);
      press(world);
      world.phone.dismiss('qbittorrent');
      await world.pass(2 * SECOND);
      assert.notEqual(answerOf(world), null);
      assert.equal(soundsOf(world), 1);
    }
  });

  test('is answered as soon as the login has failed if that takes longer', async () => {
    const world = await startRefused();
    world.script.latency.login = 5 * SECOND;
    press(world);
    await world.pass(4.9 * SECOND);
    assert.equal(answerOf(world), null);
    assert.deepEqual(kindsOf(world), ['incident']);
    await world.pass(0.2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
  });

  test('is answered although qBittorrent does not answer any more, and the button returns with the next refusal', async () => {
    const world = await startRefused();
    refuse(world, 'unreachable');
    press(world);
    await world.pass(2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unreachable');
    assert.deepEqual(buttonsOf(world), []);
    refuse(world);
    await world.pass(MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.ok(isRead(world));
  });

  for (const latency of [50, 5 * SECOND])
    test(`that leads to a ban after ${latency} ms is answered on the card of the ban, which is one message`, async () => {
      const world = await startRefused();
      world.script.latency.login = latency;
      refuse(world, 'banned');
      press(world);
      await world.pass(20 * SECOND);
      assert.deepEqual(kindsOf(world), ['incident', 'incident']);
      assert.deepEqual([cardOf(world)?.failure.kind, answerOf(world)?.failure?.kind], ['banned', 'banned']);
      assert.deepEqual(buttonsOf(world), []);
      assert.ok(!isRead(world));
    });

  test('during a login is answered by that one', async () => {
    const world = await startRefused();
    world.script.latency.login = 2 * SECOND;
    await world.pass(10 * MINUTE - 9 * SECOND);
    assert.equal(world.count('login'), 2);
    press(world);
    await world.pass(5 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
    assert.equal(world.count('login'), 2);
  });

  test('postpones the next retry: it follows ten minutes later', async () => {
    const world = await startRefused();
    await world.pass(5 * MINUTE);
    press(world);
    await world.pass(10 * MINUTE - SECOND);
    assert.equal(world.count('login'), 2);
    await world.pass(2 * SECOND);
    assert.equal(world.count('login'), 3);
  });

  test('does not delay presses of torrents after the login', async () => {
    const world = await startRefused();
    accept(world);
    press(world);
    await world.pass(5 * SECOND);
    const hash = await download(world);
    await pressOf(world, hash, 'pause');
    assert.deepEqual(executed(world), ['pause']);
    assert.deepEqual(actionsOf(world, hash), ['resume', 'mute', 'delete']);
  });
});

describe('after the incident', () => {
  test('there is no connection and no timer of it', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    accept(world);
    press(world);
    await world.pass(MINUTE);
    assert.ok(!isRead(world));
    const healthy = await startButtons();
    await healthy.pass(MINUTE);
    assert.equal(timersOf(world.clock).length, timersOf(healthy.clock).length);
    const calls = world.calls.length;
    await world.pass(HOUR);
    assert.equal(world.calls.length, calls);
    assert.equal(world.script.stream.opened, 1);
  });
});

test('after a crash of the session the card has a new button, and the pressed one counts', async () => {
  const world = await startRefused();
  world.script.login = () => {
    refuse(world);
    throw new Error('a bug');
  };
  const { serial } = press(world);
  await world.pass(MINUTE);
  assert.equal(world.count('login'), 3);
  assert.ok(commandOf(world).serial > serial);
  press(world);
  await world.pass(20 * SECOND);
  assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
  assert.deepEqual(buttonsOf(world), []);
  accept(world);
  await world.pass(10 * MINUTE);
  assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
});
