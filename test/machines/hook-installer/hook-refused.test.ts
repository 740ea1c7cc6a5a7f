/** A call of a hook with a wrong token, and a hook that comes late: which torrents are looked for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { check, LOOK, startInstaller } from '../installing.ts';
import { startWorld } from '../../support/world.ts';

describe('a call with a wrong token', () => {
  test('has the hooks checked at once, and its torrent looked for only where a line was wrong or unknown', async () => {
    for (const [answer, expected] of [
      [check(), []],
      [check({ state: 'blocked', reason: 'because' }), []],
      [check({ written: true }), [LOOK.installed]],
      [failure('broken'), [LOOK.refused]],
    ] as const) {
      const { script, ready, refuse, pass, news } = startInstaller();
      ready();
      await pass(2 * SECOND);
      script.answer = answer;
      refuse();
      await pass(100);
      assert.equal(script.checks.length, 2);
      assert.deepEqual(news(), expected);
    }
  });

  test('a hundred times a second is one check a minute, and none after the last', async () => {
    const { clock, script, ready, refuse, pass, heard } = startInstaller();
    ready();
    await pass(SECOND);
    for (let times = 0; times < 30_000; times += 1) {
      refuse();
      if (times % 100 === 0) await pass(SECOND);
    }
    await pass(HOUR);
    assert.ok(script.checks.length >= 5 && script.checks.length <= 8, `${script.checks.length} checks`);
    assert.deepEqual([heard, timersOf(clock)], [[], []]);
  });

  test('is not forgotten within that minute: a stranger’s guess may have come before it', async () => {
    const { script, ready, refuse, pass, news } = startInstaller();
    ready();
    await pass(SECOND);
    refuse();
    await pass(SECOND);
    script.answer = check({ written: true });
    refuse();
    await pass(MINUTE);
    assert.deepEqual(news(), [LOOK.installed]);
  });

  test('while checks fail has its torrent looked for, once a minute at most', async () => {
    const { ready, refuse, pass, news } = startInstaller(failure('broken'));
    ready();
    await pass(30 * MINUTE);
    for (let second = 0; second < 600; second += 1) {
      refuse();
      await pass(SECOND);
    }
    const looks = news();
    assert.ok(looks.length >= 8 && looks.length <= 15, `${looks.length} looks`);
    assert.deepEqual(looks[0], LOOK.refused);
  });

  test('while a check runs has its torrent looked for if that fails', async () => {
    const { ready, refuse, pass, news } = startInstaller(failure('broken'));
    ready();
    refuse();
    await pass(100);
    assert.deepEqual(news(), [LOOK.refused]);
  });
});

describe('in the whole system', () => {
  test('a hook that is installed late costs no torrent: what came before it is looked for', async () => {
    const world = startWorld({ policy: { installHook: true } });
    world.script.ensure = () => failure('broken');
    await world.pass(MINUTE);
    world.set(hashOf(1), { progress: 0.1 });
    world.script.ensure = () => check({ written: true });
    await world.pass(5 * MINUTE);
    assert.deepEqual(
      world.records().map(({ key }) => key),
      [hashOf(1)],
    );
    assert.equal(world.phone.cards.has('qbittorrent'), false, 'that alone is no outage');
  });

  test('a lost session that only the check finds is renewed with one login', async () => {
    const world = startWorld({ policy: { installHook: true } });
    await world.pass(HOUR);
    world.script.session.open = false;
    const hook = world.supervisor.getSnapshot().children.hookInstaller;
    hook?.send({ type: 'hook.refused' });
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(hook?.getSnapshot().value, { idle: 'installed' });
    assert.equal(world.supervisor.getSnapshot().children.hookInstaller, hook, 'nothing had to restart');
  });

  test('a check that crashes restarts the services, and is made again', async () => {
    const world = startWorld({ policy: { installHook: true } });
    world.script.ensure = () => {
      world.script.ensure = () => check();
      throw new Error('a bug');
    };
    world.set(hashOf(1), { progress: 0.1 });
    await world.pass(MINUTE);
    assert.equal(world.supervisor.getSnapshot().status, 'active');
    assert.deepEqual(world.supervisor.getSnapshot().children.hookInstaller?.getSnapshot().value, {
      idle: 'installed',
    });
    assert.deepEqual(
      world.records().map(({ key }) => key),
      [hashOf(1)],
    );
  });

  test('an idle day with its hooks in place is not one request', async () => {
    const world = startWorld({ policy: { installHook: true } });
    await world.pass(MINUTE);
    const before = world.calls.length;
    await world.pass(24 * HOUR);
    assert.equal(world.calls.length, before);
    assert.deepEqual(timersOf(world.clock), []);
  });
});
