/** Which incident cards have the button "Try again". */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startWorld } from '../../support/world.ts';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import {
  buttonsOf,
  cardOf,
  commandOf,
  createWorld,
  isRead,
  kindsOf,
  refuse,
  soundsOf,
  startRefused,
} from './retry-scene.ts';

describe('the card of a refused password', () => {
  test('has Try again from its first message on, and the command topic is read', async () => {
    const world = await startRefused();
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.equal(world.count('support'), 1);
    assert.ok(isRead(world));
  });

  test('is not sent again while nothing changes', async () => {
    const world = await startRefused();
    await world.pass(2 * HOUR);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.equal(world.count('login'), 13);
  });

  test('gets a new button before the old one expires, in silence', async () => {
    const world = await startRefused();
    const { serial } = commandOf(world);
    for (let hours = 0; hours < 30; hours += 1) {
      await world.pass(HOUR);
      assert.ok(commandOf(world).expiresAt > world.clock.now() + 11 * HOUR);
    }
    assert.ok(commandOf(world).serial > serial);
    assert.ok(kindsOf(world).length <= 4);
    assert.equal(soundsOf(world), 1);
  });

  test('has none without a command topic', async () => {
    const world = startWorld();
    world.script.login = () => failure('unauthorized');
    await world.pass(HOUR);
    assert.deepEqual(
      world.published().map((notification) => [notification.kind, 'buttons' in notification]),
      [['incident', false]],
    );
  });

  test('has none where ntfy does not update cards in place, and the command topic is not read', async () => {
    const world = createWorld();
    world.script.support = () => false;
    await world.pass(HOUR);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), []);
    assert.equal(world.script.stream.opened, 0);
  });

  test('is sent within seconds although ntfy does not say whether it updates cards', async () => {
    const world = createWorld();
    world.script.latency.support = 8 * SECOND;
    await world.pass(3.5 * SECOND);
    assert.deepEqual(kindsOf(world), ['incident']);
    assert.deepEqual(buttonsOf(world), []);
    await world.pass(5 * SECOND);
    assert.deepEqual(buttonsOf(world), ['retry'], 'and gets its button when ntfy has said so');
    assert.equal(soundsOf(world), 1);
  });

  test('gets its button after a later login if ntfy did not answer', async () => {
    const world = createWorld();
    world.script.support = () => null;
    await world.pass(MINUTE);
    assert.deepEqual(buttonsOf(world), []);
    world.script.support = () => true;
    await world.pass(10 * MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    assert.equal(soundsOf(world), 1);
  });
});

describe('the card of another incident', () => {
  test('has no button: a ban', async () => {
    const world = createWorld();
    refuse(world, 'banned');
    await world.pass(MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['banned', []]);
    assert.equal(world.count('support'), 0);
  });

  test('has no button: a refused login of a proxy, which must not be sent again', async () => {
    const world = createWorld();
    refuse(world, 'unauthorized', true);
    await world.pass(HOUR);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['unauthorized', []]);
    assert.equal(world.count('login'), 1);
    assert.ok(!isRead(world));
  });

  test('has no button: no answer', async () => {
    const world = createWorld();
    refuse(world, 'unreachable');
    await world.pass(2 * MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['unreachable', []]);
  });

  test('gets the button when it becomes a refused password, and loses it when that becomes a ban', async () => {
    const world = createWorld();
    refuse(world, 'unreachable');
    await world.pass(2 * MINUTE);
    refuse(world);
    await world.pass(2 * MINUTE);
    assert.deepEqual(buttonsOf(world), ['retry']);
    refuse(world, 'banned');
    await world.pass(10 * MINUTE);
    assert.deepEqual([cardOf(world)?.failure.kind, buttonsOf(world)], ['banned', []]);
    assert.ok(!isRead(world));
  });
});
