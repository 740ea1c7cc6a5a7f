/** When the file is checked, and when it is read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ruleNamed, watchRules } from './watching.ts';

describe('the file is checked', () => {
  test('at most once a second, however often the rules are used', () => {
    using watched = watchRules();
    for (let use = 0; use < 10_000; use += 1) watched.name();
    assert.deepEqual(watched.counts, { stats: 1, reads: 0 });
    watched.pass(999);
    assert.equal(watched.counts.stats, 1);
    watched.pass(1);
    assert.equal(watched.counts.stats, 2);
  });

  test('and read only when it changed', () => {
    using watched = watchRules();
    for (let second = 0; second < 100; second += 1) watched.pass(1000);
    assert.deepEqual(watched.counts, { stats: 100, reads: 0 });
    watched.write(ruleNamed('second'));
    for (let second = 0; second < 100; second += 1) watched.pass(1000);
    assert.equal(watched.counts.reads, 1);
  });

  test('by no timer and no watcher', (t) => {
    const set = t.mock.method(globalThis, 'setTimeout');
    const repeat = t.mock.method(globalThis, 'setInterval');
    const before = process.getActiveResourcesInfo();
    using watched = watchRules();
    watched.write(ruleNamed('second'));
    watched.pass(1000);
    assert.deepEqual([set.mock.callCount(), repeat.mock.callCount()], [0, 0]);
    assert.deepEqual(process.getActiveResourcesInfo(), before);
  });
});

describe('a signal', () => {
  test('uses the changed file as soon as it has settled, without any notification', () => {
    using watched = watchRules();
    watched.name();
    watched.write(ruleNamed('second'));
    watched.rules.recheck();
    assert.deepEqual(watched.kinds(), []);
    watched.runLater();
    assert.deepEqual(watched.kinds(), ['changed']);
  });

  test('waits for a file that is still being written, by one timer for any number of signals', () => {
    using watched = watchRules();
    watched.write('rules:\n  - name: half');
    for (let signal = 0; signal < 100; signal += 1) watched.rules.recheck();
    watched.write(ruleNamed('second'));
    assert.equal(watched.runLater(), 1);
    assert.deepEqual(watched.kinds(), []);
    assert.equal(watched.runLater(), 1);
    assert.deepEqual([watched.kinds(), watched.name()], [['changed'], 'second']);
    assert.equal(watched.runLater(), 0);
  });

  test('for an unchanged file does nothing', () => {
    using watched = watchRules();
    watched.rules.recheck();
    watched.runLater();
    assert.deepEqual([watched.kinds(), watched.counts.reads], [[], 0]);
  });
});
