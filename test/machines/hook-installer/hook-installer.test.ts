import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { check, LOOK, startInstaller } from '../installing.ts';

describe('the hooks', () => {
  test('are checked once after each login, and then there is no timer', async () => {
    const { actor, clock, script, ready, pass, heard, state } = startInstaller();
    await pass(HOUR);
    assert.deepEqual(script.checks, []);
    ready();
    await pass(24 * HOUR);
    assert.equal(script.checks.length, 1);
    assert.equal(state(), '{"idle":"installed"}');
    assert.deepEqual(timersOf(clock), []);
    actor.send({ type: 'session.lost' });
    ready();
    await pass(HOUR);
    assert.equal(script.checks.length, 2);
    assert.deepEqual(heard, []);
  });

  test('are left alone where that is not wanted: no check, no timer', async () => {
    const { clock, script, ready, refuse, pass, state } = startInstaller(check(), false);
    ready();
    refuse();
    await pass(HOUR);
    assert.deepEqual([script.checks, timersOf(clock), state()], [[], [], '"off"']);
  });

  test('that could not be checked are tried again, ever less often, and at least each five minutes', async () => {
    const { script, ready, pass, news, state, reason } = startInstaller(failure('broken'));
    ready();
    await pass(HOUR);
    assert.deepEqual([state(), reason(), news()], ['"retrying"', 'broken', []]);
    const gaps = script.checks.slice(1).map((at, index) => at - (script.checks[index] ?? 0) - 50);
    for (const [index, gap] of gaps.entries()) {
      const most = Math.min(5 * MINUTE, SECOND * 2 ** index);
      assert.ok(gap >= most / 2 && gap <= most, `pause ${index} is ${gap} ms`);
    }
    assert.ok(gaps.length >= 17 && gaps.length <= 33, `${gaps.length} checks in an hour`);
    script.answer = check({ written: true });
    await pass(5 * MINUTE);
    assert.deepEqual([state(), reason()], ['{"idle":"installed"}', null]);
    assert.deepEqual(news(), [LOOK.installed], 'what came before it was named by no hook');
    const before = script.checks.length;
    await pass(24 * HOUR);
    assert.equal(script.checks.length, before);
  });

  test('that cannot be installed are not tried again by themselves, and it is known why', async () => {
    for (const state of ['blocked', 'impossible'] as const) {
      const scene = startInstaller(check({ state, reason: 'because' }));
      scene.ready();
      await scene.pass(24 * HOUR);
      assert.deepEqual(
        [scene.state(), scene.reason(), scene.script.checks.length, timersOf(scene.clock), scene.heard],
        [`{"idle":"${state}"}`, 'because', 1, [], []],
      );
    }
  });

  test('are checked again when a torrent has ended, once an hour at most', async () => {
    const { actor, script, ready, pass } = startInstaller();
    ready();
    for (let minute = 0; minute < 180; minute += 1) {
      actor.send({ type: 'hook.check' });
      await pass(MINUTE);
    }
    assert.equal(script.checks.length, 3);
  });
});

const LOST = { type: 'qbittorrent.failed', failure: failure('unauthorized').failure, during: 'hook' };

describe('a session that is over', () => {
  test('is reported, and not tried again: the check follows the next login', async () => {
    const { clock, script, ready, refuse, pass, news, state } = startInstaller();
    ready();
    for (let times = 0; times < 3; times += 1) {
      await pass(2 * MINUTE);
      script.answer = failure('unauthorized');
      refuse();
      await pass(HOUR);
      assert.deepEqual([news(), state(), timersOf(clock)], [[LOST], '"signedOut"', []]);
      script.answer = check();
      ready();
      await pass(SECOND);
      assert.deepEqual([state(), news()], ['{"idle":"installed"}', []]);
    }
    assert.equal(script.checks.length, 7);
  });

  test('is not what a refusal right after a login means: of that a new login is asked each ten minutes at most', async () => {
    const { actor, script, ready, pass, heard, state } = startInstaller(failure('unauthorized'));
    // As the supervisor does: whoever reports a loss gets a new session.
    actor.subscribe(({ value }) => void (value === 'signedOut' && queueMicrotask(ready)));
    ready();
    await pass(HOUR);
    assert.ok(heard.length >= 4 && heard.length <= 6, `${heard.length} sessions were lost in an hour`);
    assert.deepEqual(
      heard.filter(({ type }) => type !== 'qbittorrent.failed'),
      [],
    );
    assert.ok(script.checks.length <= 72, `${script.checks.length} checks in an hour`);
    assert.equal(state(), '"retrying"');
  });

  test('ends a check, a pause and a suspicion', async () => {
    for (const [answer, refusals, wait, place] of [
      [check(), 0, 0, '"checking"'],
      [failure('broken'), 0, 100, '"retrying"'],
      [check(), 2, 100, '"suspecting"'],
    ] as const) {
      const { actor, clock, script, ready, refuse, pass, news, state } = startInstaller(answer);
      ready();
      await pass(wait);
      for (let times = 0; times < refusals; times += 1) {
        refuse();
        await pass(wait);
      }
      assert.equal(state(), place);
      actor.send({ type: 'session.lost' });
      const before = script.checks.length;
      await pass(HOUR);
      assert.deepEqual([state(), timersOf(clock), news()], ['"signedOut"', [], []]);
      assert.equal(script.checks.length, before);
    }
  });
});
