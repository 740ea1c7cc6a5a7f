import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COPY_NAME } from '../../../src/config/rules/file.ts';
import { openRules } from '../../../src/config/rules/index.ts';
import type { RulesReport } from '../../../src/config/rules/index.ts';
import { TARGET } from './parsing.ts';
import { ruleNamed } from './watching.ts';

interface Place extends Disposable {
  path: string;
  stateDir: string;
  reports: RulesReport[];
  open: (stateDir?: string | null) => ReturnType<typeof openRules>;
}

/** A folder with a rules file and one for the state. */
function place(text?: string): Place {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const [path, stateDir] = [join(folder, 'rules.yaml'), join(folder, 'state')];
  if (text !== undefined) writeFileSync(path, text);
  const reports: RulesReport[] = [];
  return {
    path,
    stateDir,
    reports,
    open: (dir = stateDir) =>
      openRules({ path, target: TARGET, stateDir: dir, report: (report) => reports.push(report) }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const INVALID = 'rules:\n  - nam: x\n  - name: y\n    sned: []\n';

describe('at the start', () => {
  test('a valid file is used, and copied for the next start so that only its owner can read it', () => {
    using at = place(ruleNamed('first'));
    const opened = at.open();
    assert.ok(opened.ok);
    assert.equal(opened.rules.current().rules[0]?.name, 'first');
    const copy = join(at.stateDir, 'rules-last-valid.yaml');
    assert.equal(readFileSync(copy, 'utf8'), ruleNamed('first'));
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.deepEqual([at.reports, readdirSync(at.stateDir)], [[], ['rules-last-valid.yaml']]);
  });

  test('an invalid file without a copy is an error with every problem by line and column', () => {
    using at = place(INVALID);
    const opened = at.open();
    assert.ok(!opened.ok);
    assert.match(opened.message, /^RULES_FILE has 3 problems:\n/);
    assert.deepEqual(
      opened.message
        .split('\n')
        .slice(1)
        .map((line) => line.replace(at.path, 'f').replace(/: .*/, '')),
      ['  f:2:5', '  f:2:5', '  f:4:5'],
    );
    assert.equal(readdirSync(join(at.path, '..')).length, 1, 'nothing was created');
  });

  test('a missing file without a copy is an error', () => {
    using at = place();
    const opened = at.open();
    assert.ok(!opened.ok);
    assert.match(
      opened.message,
      /^RULES_FILE has one problem:\n {2}\S+rules\.yaml:1:1: the file does not exist\.$/,
    );
  });

  for (const [title, text] of [
    ['invalid', INVALID],
    ['missing', undefined],
  ] as const) {
    test(`with a copy, an ${title} file is reported, and the copy is used until the file is valid`, () => {
      using at = place(ruleNamed('first'));
      assert.ok(at.open().ok);
      rmSync(at.path);
      if (text !== undefined) writeFileSync(at.path, text);
      const opened = at.open();
      assert.ok(opened.ok);
      assert.equal(opened.rules.current().rules[0]?.name, 'first');
      assert.deepEqual(
        at.reports.map(({ kind }) => kind),
        ['invalid'],
      );
      assert.ok(opened.rules.problems.length > 0);
      assert.doesNotMatch(JSON.stringify(at.reports), /planted/);
    });
  }

  test('a copy that is invalid, too, is not used', () => {
    using at = place(INVALID);
    mkdirSync(at.stateDir);
    writeFileSync(join(at.stateDir, 'rules-last-valid.yaml'), 'rules: 1');
    assert.equal(at.open().ok, false);
  });

  test('without STATE_DIR there is no copy', () => {
    using at = place(ruleNamed('first'));
    assert.ok(at.open(null).ok);
    writeFileSync(at.path, INVALID);
    assert.equal(at.open(null).ok, false);
  });

  test('a copy that cannot be written is reported, and the rules are used', () => {
    using at = place(ruleNamed('first'));
    writeFileSync(at.stateDir, 'a file in place of the folder');
    const opened = at.open();
    assert.ok(opened.ok);
    assert.deepEqual(at.reports, [{ kind: 'copy-failed', problem: 'ENOTDIR' }]);
  });

  test('a symbolic link in place of the copy is neither read nor written through', () => {
    using at = place(INVALID);
    const other = join(at.path, '..', 'other.yaml');
    writeFileSync(other, ruleNamed('other'));
    mkdirSync(at.stateDir);
    symlinkSync(other, join(at.stateDir, COPY_NAME));
    assert.equal(at.open().ok, false, 'it is not read');
    writeFileSync(at.path, ruleNamed('first'));
    assert.ok(at.open().ok);
    assert.deepEqual(at.reports, [
      { kind: 'copy-failed', problem: `${COPY_NAME} in STATE_DIR is a symbolic link, not a regular file` },
    ]);
    assert.equal(readFileSync(other, 'utf8'), ruleNamed('other'));
  });

  test('a link where the copy is prepared is replaced, not followed', () => {
    using at = place(ruleNamed('first'));
    const other = join(at.path, '..', 'other.yaml');
    writeFileSync(other, 'precious');
    mkdirSync(at.stateDir);
    symlinkSync(other, join(at.stateDir, `${COPY_NAME}.new`));
    assert.ok(at.open().ok);
    assert.deepEqual([at.reports, readFileSync(other, 'utf8')], [[], 'precious']);
    assert.equal(readFileSync(join(at.stateDir, COPY_NAME), 'utf8'), ruleNamed('first'));
    assert.deepEqual(readdirSync(at.stateDir), [COPY_NAME]);
  });

  test('a FIFO in place of the file does not block', () => {
    using at = place();
    execFileSync('mkfifo', [at.path]);
    const opened = at.open();
    assert.ok(!opened.ok);
    assert.match(opened.message, /the path is not a regular file/);
  });
});
