import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createRulesCopy } from '../../../src/config/rules/file.ts';
import { parseRules } from '../../../src/config/rules/index.ts';
import { createRules } from '../../../src/config/rules/reload.ts';
import { TARGET } from './parsing.ts';
import { ruleNamed, watchRules } from './watching.ts';

describe('a changed file is used', () => {
  test('once it has been the same for two seconds', () => {
    using watched = watchRules();
    watched.write(ruleNamed('second'));
    assert.equal(watched.name(), 'first');
    assert.equal(watched.pass(1999), 'first');
    assert.equal(watched.pass(1001), 'second');
    assert.deepEqual(watched.kinds(), ['changed']);
    assert.equal(watched.copied(), ruleNamed('second'));
    assert.equal(watched.pass(60_000), 'second');
    assert.equal(watched.reports.length, 1);
  });

  test('at once if it changed while nothing was notified', () => {
    using watched = watchRules();
    watched.write(ruleNamed('second'));
    let at = Date.now();
    const parsed = parseRules(ruleNamed('first'), TARGET);
    assert.ok(parsed.ok);
    const rules = createRules({
      path: watched.path,
      target: TARGET,
      copy: createRulesCopy(null),
      initial: {
        rules: parsed.rules,
        text: ruleNamed('first'),
        file: { id: '', changedAt: 0 },
        problems: [],
      },
      now: () => at,
      report: () => {},
    });
    at = Date.now() + 3_600_000;
    assert.equal(rules.current().rules[0]?.name, 'second');
  });

  test('after an editor renamed a new file over it', () => {
    using watched = watchRules();
    writeFileSync(`${watched.path}.new`, ruleNamed('second'));
    renameSync(`${watched.path}.new`, watched.path);
    assert.deepEqual([watched.name(), watched.pass(2000)], ['first', 'second']);
  });

  test('after an editor moved the old one away and wrote another, without a report', () => {
    using watched = watchRules();
    renameSync(watched.path, `${watched.path}~`);
    assert.equal(watched.name(), 'first');
    assert.equal(watched.pass(1000), 'first');
    watched.write(ruleNamed('second'));
    assert.deepEqual([watched.pass(1000), watched.pass(2000)], ['first', 'second']);
    assert.deepEqual(watched.kinds(), ['changed']);
  });

  test('after the symbolic link of a mounted ConfigMap was replaced, with the same size and time', () => {
    using watched = watchRules({
      prepare(folder) {
        for (const [version, name] of [
          ['v1', 'first'],
          ['v2', 'other'],
        ] as const) {
          mkdirSync(join(folder, version));
          writeFileSync(join(folder, version, 'rules.yaml'), ruleNamed(name));
          utimesSync(join(folder, version, 'rules.yaml'), 1000, 1000);
        }
        symlinkSync('v1', join(folder, '..data'));
        symlinkSync(join('..data', 'rules.yaml'), join(folder, 'rules.yaml'));
        return join(folder, 'rules.yaml');
      },
    });
    assert.equal(watched.name(), 'first');
    symlinkSync('v2', join(watched.folder, '..data_tmp'));
    renameSync(join(watched.folder, '..data_tmp'), join(watched.folder, '..data'));
    assert.deepEqual([watched.pass(1000), watched.pass(2000)], ['first', 'other']);
  });

  test('also when the clock was set back in between', () => {
    using watched = watchRules();
    watched.write(ruleNamed('second'));
    assert.equal(watched.name(), 'first');
    assert.equal(watched.pass(-3_600_000), 'first');
    assert.equal(watched.pass(2000), 'second');
  });
});

test('a file that is written in pieces is not used before it is complete, although each piece is valid', () => {
  using watched = watchRules();
  const whole = `${ruleNamed('second')}  - name: third\n    send: []\n`;
  for (const length of [20, 45, 64, whole.length]) {
    assert.ok(parseRules(whole.slice(0, length), TARGET).ok, `${length}`);
    watched.write(whole.slice(0, length));
    assert.equal(watched.pass(1500), 'first');
  }
  assert.equal(watched.pass(2000), 'second');
  assert.equal(watched.rules.current().rules.length, 2);
  assert.deepEqual(watched.kinds(), ['changed']);
});

test('a file that changes while it is read is not used: it may be a part of each', () => {
  const versions = ['third'];
  using watched = watchRules({
    whileReading(path) {
      const name = versions.pop();
      if (name !== undefined) writeFileSync(path, ruleNamed(name));
    },
  });
  watched.write(ruleNamed('second'));
  assert.deepEqual([watched.name(), watched.pass(2000)], ['first', 'first']);
  assert.equal(watched.counts.reads, 1);
  assert.deepEqual([watched.pass(1000), watched.pass(2000)], ['first', 'third']);
  assert.deepEqual(watched.kinds(), ['changed']);
});

describe('an invalid change', () => {
  const invalid: Array<[title: string, change: (path: string) => void, problem: RegExp]> = [
    [
      'a mistake',
      (path) => writeFileSync(path, 'rules:\n  - nam: x\n'),
      /rules\.yaml:2:5: .*did you mean name/,
    ],
    ['an empty file', (path) => writeFileSync(path, ''), /:1:1: the file is empty/],
    ['a missing file', (path) => rmSync(path), /:1:1: the file does not exist/],
    [
      'a folder',
      (path) => (rmSync(path), mkdirSync(path)),
      /:1:1: the (path is not a regular file|file cannot be read)/,
    ],
    [
      'a file that is no text',
      (path) => writeFileSync(path, Buffer.from([0xff, 0xff])),
      /the file is not UTF-8/,
    ],
    ['a large file', (path) => writeFileSync(path, '#'.repeat(1_000_000)), /more than 256 KiB/],
  ];
  for (const [title, change, problem] of invalid) {
    test(`(${title}) leaves the rules as they are and is reported once, its end once`, () => {
      using watched = watchRules();
      change(watched.path);
      assert.deepEqual([watched.name(), watched.pass(1999)], ['first', 'first']);
      assert.deepEqual(watched.kinds(), []);
      for (let second = 0; second < 10; second += 1) assert.equal(watched.pass(1000), 'first');
      assert.deepEqual(watched.kinds(), ['invalid']);
      assert.match(watched.rules.problems.join('\n'), problem);
      assert.doesNotMatch(JSON.stringify(watched.reports), /planted/);

      rmSync(watched.path, { recursive: true, force: true });
      watched.write(ruleNamed('second'));
      assert.deepEqual([watched.pass(1000), watched.pass(2000)], ['first', 'second']);
      assert.deepEqual(watched.kinds(), ['invalid', 'valid', 'changed']);
      assert.deepEqual(watched.rules.problems, []);
    });
  }

  test('is reported again when it has other problems, and not when it was only touched', () => {
    using watched = watchRules();
    for (const text of ['rules: 1', 'rules: 1', 'rules: [1]']) {
      watched.write(text);
      watched.pass(1000);
      watched.pass(2000);
    }
    assert.deepEqual(watched.kinds(), ['invalid', 'invalid']);
  });

  test('that is undone is valid again, without a change', () => {
    using watched = watchRules();
    for (const text of ['rules: 1', ruleNamed('first')]) {
      watched.write(text);
      watched.pass(1000);
      watched.pass(2000);
    }
    assert.deepEqual(watched.kinds(), ['invalid', 'valid']);
  });

  test('is not copied for the next start', () => {
    using watched = watchRules();
    for (const text of [ruleNamed('second'), 'rules: 1']) {
      watched.write(text);
      watched.pass(1000);
      watched.pass(2000);
    }
    assert.equal(watched.copied(), ruleNamed('second'));
  });
});
