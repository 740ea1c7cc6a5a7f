import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, HOUR, MINUTE, SECOND } from '../fixtures.ts';
import { timersOf } from '../harness.ts';
import { check, RESCAN, startInstaller } from '../hook-installer-harness.ts';

describe('the hooks', () => {
  test('are checked once after each login, without a timer afterwards', async () => {
    const { actor, clock, script, ready, pass, reports, state } = startInstaller();
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
    assert.deepEqual(reports, []);
  });

  test('are not checked where the installer is off, and there is no timer', async () => {
    const { clock, script, ready, refuse, pass, state } = startInstaller(check(), false);
    ready();
    refuse();
    await pass(HOUR);
    assert.deepEqual([script.checks, timersOf(clock), state()], [[], [], '"off"']);
  });

  test('whose check fails are checked again, with exponential backoff up to five minutes', async () => {
    const { script, ready, pass, newReports, state, reason } = startInstaller(failure('broken'));
    ready();
    await pass(HOUR);
    assert.deepEqual([state(), reason(), newReports()], ['"retrying"', 'broken', []]);
    const gaps = script.checks.slice(1).map((at, index) => at - (script.checks[index] ?? 0) - 50);
    for (const [index, gap] of gaps.entries()) {
      const longest = Math.min(5 * MINUTE, SECOND * 2 ** index);
      assert.ok(gap >= longest / 2 && gap <= longest, `pause ${index} is ${gap} ms`);
    }
    assert.ok(gaps.length >= 17 && gaps.length <= 33, `${gaps.length} checks in an hour`);
    script.answer = check({ written: true });
    await pass(5 * MINUTE);
    assert.deepEqual([state(), reason()], ['{"idle":"installed"}', null]);
    assert.deepEqual(newReports(), [RESCAN.installed], 'no hook named the torrents that were added before');
    const before = script.checks.length;
    await pass(24 * HOUR);
    assert.equal(script.checks.length, before);
  });

  test('that cannot be installed are not checked again automatically, and the reason is available', async () => {
    for (const state of ['blocked', 'impossible'] as const) {
      const scene = startInstaller(check({ state, reason: 'because' }));
      scene.ready();
      await scene.pass(24 * HOUR);
      assert.deepEqual(
        [scene.state(), scene.reason(), scene.script.checks.length, timersOf(scene.clock), scene.reports],
        [`{"idle":"${state}"}`, 'because', 1, [], []],
      );
    }
  });

  test('are checked again when a torrent has ended, at most once an hour', async () => {
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

describe('an expired session', () => {
  test('is reported, and the check is repeated after the next login', async () => {
    const { clock, script, ready, refuse, pass, newReports, state } = startInstaller();
    ready();
    for (let times = 0; times < 3; times += 1) {
      await pass(2 * MINUTE);
      script.answer = failure('unauthorized');
      refuse();
      await pass(HOUR);
      assert.deepEqual([newReports(), state(), timersOf(clock)], [[LOST], '"signedOut"', []]);
      script.answer = check();
      ready();
      await pass(SECOND);
      assert.deepEqual([state(), newReports()], ['{"idle":"installed"}', []]);
    }
    assert.equal(script.checks.length, 7);
  });

  test('is reported at most every ten minutes when each check right after a login is refused', async () => {
    const { actor, script, ready, pass, reports, state } = startInstaller(failure('unauthorized'));
    // The supervisor logs in again after each reported loss.
    actor.subscribe(({ value }) => void (value === 'signedOut' && queueMicrotask(ready)));
    ready();
    await pass(HOUR);
    assert.ok(reports.length >= 4 && reports.length <= 6, `${reports.length} sessions were lost in an hour`);
    assert.deepEqual(
      reports.filter(({ type }) => type !== 'qbittorrent.failed'),
      [],
    );
    assert.ok(script.checks.length <= 72, `${script.checks.length} checks in an hour`);
    assert.equal(state(), '"retrying"');
  });

  test('ends a check, a pause and the suspecting state', async () => {
    for (const [answer, refusals, wait, place] of [
      [check(), 0, 0, '"checking"'],
      [failure('broken'), 0, 100, '"retrying"'],
      [check(), 2, 100, '"suspecting"'],
    ] as const) {
      const { actor, clock, script, ready, refuse, pass, newReports, state } = startInstaller(answer);
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
      assert.deepEqual([state(), timersOf(clock), newReports()], ['"signedOut"', [], []]);
      assert.equal(script.checks.length, before);
    }
  });
});
