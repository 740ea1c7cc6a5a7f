/** After a hook call with a wrong token, or when the hook is installed late, a scan finds the torrents. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, hashOf, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { check, RESCAN, startInstaller } from '../hook-installer-harness.ts';
import { startWorld } from '../../support/world.ts';

describe('a call with a wrong token', () => {
  test('causes a check of the hooks at once, and a scan only where the hook was wrong or the check failed', async () => {
    for (const [answer, expected] of [
      [check(), []],
      [check({ state: 'blocked', reason: 'because' }), []],
      [check({ written: true }), [RESCAN.installed]],
      [failure('broken'), [RESCAN.refused]],
    ] as const) {
      const { script, ready, refuse, pass, newReports } = startInstaller();
      ready();
      await pass(2 * SECOND);
      script.answer = answer;
      refuse();
      await pass(100);
      assert.equal(script.checks.length, 2);
      assert.deepEqual(newReports(), expected);
    }
  });

  test('repeated a hundred times a second causes one check a minute, and none afterwards', async () => {
    const { clock, script, ready, refuse, pass, reports } = startInstaller();
    ready();
    await pass(SECOND);
    for (let times = 0; times < 30_000; times += 1) {
      refuse();
      if (times % 100 === 0) await pass(SECOND);
    }
    await pass(HOUR);
    assert.ok(script.checks.length >= 5 && script.checks.length <= 8, `${script.checks.length} checks`);
    assert.deepEqual([reports, timersOf(clock)], [[], []]);
  });

  test('causes a check within that minute also when another call with a wrong token came before it', async () => {
    const { script, ready, refuse, pass, newReports } = startInstaller();
    ready();
    await pass(SECOND);
    refuse();
    await pass(SECOND);
    script.answer = check({ written: true });
    refuse();
    await pass(MINUTE);
    assert.deepEqual(newReports(), [RESCAN.installed]);
  });

  test('causes a scan while checks fail, at most once a minute', async () => {
    const { ready, refuse, pass, newReports } = startInstaller(failure('broken'));
    ready();
    await pass(30 * MINUTE);
    for (let second = 0; second < 600; second += 1) {
      refuse();
      await pass(SECOND);
    }
    const rescans = newReports();
    assert.ok(rescans.length >= 8 && rescans.length <= 15, `${rescans.length} rescans`);
    assert.deepEqual(rescans[0], RESCAN.refused);
  });

  test('causes a scan during a check, if that check fails', async () => {
    const { ready, refuse, pass, newReports } = startInstaller(failure('broken'));
    ready();
    refuse();
    await pass(100);
    assert.deepEqual(newReports(), [RESCAN.refused]);
  });
});

describe('in the whole system', () => {
  test('torrents that were added before the hook was installed are found by a scan', async () => {
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
    assert.equal(world.phone.cards.has('qbittorrent'), false, 'a failed check alone is no incident');
  });

  test('a lost session that only the check detects costs one login', async () => {
    const world = startWorld({ policy: { installHook: true } });
    await world.pass(HOUR);
    world.script.session.open = false;
    const hook = world.supervisor.getSnapshot().children.hookInstaller;
    hook?.send({ type: 'hook.refused' });
    await world.pass(MINUTE);
    assert.equal(world.count('login'), 2);
    assert.deepEqual(hook?.getSnapshot().value, { idle: 'installed' });
    assert.equal(world.supervisor.getSnapshot().children.hookInstaller, hook, 'no service was restarted');
  });

  test('a check that crashes restarts the services, and is repeated', async () => {
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

  test('an idle day with installed hooks costs no request', async () => {
    const world = startWorld({ policy: { installHook: true } });
    await world.pass(MINUTE);
    const before = world.calls.length;
    await world.pass(24 * HOUR);
    assert.equal(world.calls.length, before);
    assert.deepEqual(timersOf(world.clock), []);
  });
});
