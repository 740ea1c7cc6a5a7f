/** How often "Try again" logs in, and when it does not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pressOn } from '../../support/command-topic.ts';
import { HOUR, MINUTE, SECOND } from '../fixtures.ts';
import {
  accept,
  answerOf,
  buttonsOf,
  commandOf,
  isRead,
  kindsOf,
  press,
  refuse,
  restartRefused,
  results,
  soundsOf,
  startRefused,
} from './retry-scene.ts';
import { download, rejections } from './scene.ts';

describe('the number of presses', () => {
  test('is two; then the card has no button, and the command topic is not read', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    press(world);
    await world.pass(2 * SECOND);
    assert.equal(answerOf(world)?.failure?.kind, 'unauthorized');
    assert.deepEqual(buttonsOf(world), []);
    assert.ok(!isRead(world));
    assert.equal(world.count('login'), 3);
    await world.pass(48 * HOUR);
    assert.deepEqual(buttonsOf(world), []);
    assert.ok(!isRead(world));
    assert.deepEqual(kindsOf(world), ['incident', 'incident', 'incident']);
    assert.equal(soundsOf(world), 1);
  });

  test('is two, with ten seconds between their logins', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(2 * SECOND);
    press(world);
    await world.pass(7.9 * SECOND);
    assert.equal(world.count('login'), 2);
    await world.pass(0.5 * SECOND);
    assert.equal(world.count('login'), 3);
    await world.pass(SECOND);
    assert.deepEqual(buttonsOf(world), []);
    assert.deepEqual(results(world), ['unauthorized', 'unauthorized']);
  });

  test('is two again after a login has succeeded', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    accept(world);
    press(world);
    await world.pass(20 * SECOND);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
    assert.deepEqual(world.buttons.stored().presses, []);
    await download(world);
    refuse(world);
    await world.pass(HOUR);
    for (const left of [['retry'], []]) {
      press(world);
      await world.pass(20 * SECOND);
      assert.deepEqual(buttonsOf(world), left);
    }
  });

  test('is two also over a restart', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    const next = await restartRefused(world);
    assert.deepEqual(buttonsOf(next), ['retry']);
    press(next);
    await next.pass(20 * SECOND);
    assert.deepEqual(buttonsOf(next), []);
    const last = await restartRefused(next);
    assert.deepEqual(buttonsOf(last), []);
    assert.ok(!isRead(last));
  });

  test('is two also days later, after a restart', async () => {
    const world = await startRefused();
    press(world);
    await world.pass(20 * SECOND);
    press(world);
    await world.pass(48 * HOUR);
    const next = await restartRefused(world);
    await next.pass(HOUR);
    assert.deepEqual(buttonsOf(next), []);
  });
});

describe('a press of Try again has no effect', () => {
  test('a second time', async () => {
    const world = await startRefused();
    const command = press(world);
    pressOn(world.script.stream, command);
    await world.pass(20 * SECOND);
    pressOn(world.script.stream, command);
    await world.pass(20 * SECOND);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(rejections(world), ['repeated', 'repeated']);
  });

  test('while another one is not answered yet, on a card that the phone still shows', async () => {
    const world = await startRefused();
    const before = commandOf(world);
    await world.pass(13 * HOUR);
    world.script.latency.login = 5 * SECOND;
    press(world);
    await world.pass(SECOND);
    pressOn(world.script.stream, before);
    await world.pass(8 * SECOND);
    assert.deepEqual(rejections(world), ['outdated']);
    assert.equal(results(world).length, 1);
    assert.deepEqual(buttonsOf(world), ['retry']);
  });

  test('when the incident is over', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    accept(world);
    await world.pass(10 * MINUTE);
    assert.equal(world.phone.cards.get('qbittorrent')?.kind, 'incident-resolved');
    await download(world);
    pressOn(world.script.stream, command);
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(rejections(world), ['outdated']);
  });

  test('on the card of an earlier incident', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    accept(world);
    await world.pass(10 * MINUTE);
    await download(world);
    refuse(world);
    await world.pass(HOUR);
    assert.notEqual(commandOf(world).round, command.round);
    const logins = world.count('login');
    pressOn(world.script.stream, command);
    await world.pass(5 * SECOND);
    assert.equal(world.count('login'), logins);
    assert.deepEqual(rejections(world), ['outdated']);
  });

  test('on a card of before a restart', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    const next = await restartRefused(world);
    pressOn(next.script.stream, command);
    await next.pass(MINUTE);
    assert.equal(next.count('login'), 1);
    assert.deepEqual(rejections(next), ['outdated']);
    assert.notDeepEqual(commandOf(next), command);
  });

  for (const wait of [0, 20, 60, 500])
    test(`if a kill follows after ${wait} ms: the restart logs in once`, async () => {
      const world = await startRefused();
      const command = press(world);
      await world.pass(wait);
      const next = await restartRefused(world);
      await next.pass(MINUTE);
      pressOn(next.script.stream, command);
      await next.pass(MINUTE);
      assert.equal(next.count('login'), 1);
      assert.deepEqual(rejections(next), ['repeated']);
      assert.deepEqual(results(next), []);
    });

  test('while the session waits for something else than a password', async () => {
    const world = await startRefused();
    const command = commandOf(world);
    refuse(world, 'unreachable');
    await world.pass(10 * MINUTE - 9 * SECOND);
    const logins = world.count('login');
    pressOn(world.script.stream, command);
    await world.pass(10);
    assert.equal(world.count('login'), logins);
    assert.deepEqual(rejections(world), ['outdated']);
  });
});
