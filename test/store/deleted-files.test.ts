import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  quarantinedFiles,
  assertInMemory,
  big,
  completing,
  endOfRun,
  FILE,
  fill,
  following,
  open,
  passTime,
  reopen,
  REOPEN_INTERVAL,
  tempDir,
} from './fixtures.ts';

describe('files that are deleted or moved while they are open', () => {
  for (const [what, remove] of [
    ['the folder', (dir: string) => rmSync(dir, { recursive: true })],
    ['the file', (dir: string) => rmSync(join(dir, FILE))],
    ['the journal', (dir: string) => rmSync(join(dir, `${FILE}-wal`))],
    ['the folder, which is moved', (dir: string) => renameSync(dir, `${dir}-moved`)],
  ] as const) {
    test(`${what}: everything is written again`, async (t) => {
      const dir = join(tempDir(t), 'state');
      fill(dir, [following(1)], { incident: 'banned' });
      const { store, problems, repairs } = open(dir);
      store.save(completing(2));
      remove(dir);
      store.save(completing(3));
      await endOfRun();
      assert.equal(store.health.kind, 'disk');
      assert.deepEqual(problems, []);
      assert.match(repairs.join(), /^The files in STATE_DIR were deleted/);
      store.close();
      assert.deepEqual(reopen(dir).records, [following(1), completing(2), completing(3)]);
      assert.deepEqual(reopen(dir).facts, new Map([['incident', 'banned']]));
    });
  }

  test('and replaced by a file: the store works in memory', async (t) => {
    const dir = join(tempDir(t), 'state');
    const opened = open(dir);
    opened.store.save(completing(2));
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'mine');
    await assertInMemory(opened, /not a folder and cannot be created/);
    opened.store.close();
    assert.equal(readFileSync(dir, 'utf8'), 'mine');
  });
});

describe('a file that is damaged while it is open', () => {
  test('is quarantined, and everything is written again', async (t) => {
    const dir = tempDir(t);
    const records = Array.from({ length: 1000 }, (_, index) => big(index));
    fill(dir, records);
    const { store, repairs } = open(dir);
    // More than SQLite keeps in memory.
    const path = join(dir, FILE);
    assert.ok(statSync(path).size > 4_000_000);
    writeFileSync(path, Buffer.alloc(statSync(path).size - 4096, 0x55), { flag: 'r+' });
    const changed = records.map((record): typeof record => Object.assign({}, record, { stage: 'completed' }));
    for (const record of changed) store.save(record);
    await endOfRun();
    assert.equal(store.health.kind, 'disk');
    assert.equal(quarantinedFiles(dir).length, 1);
    assert.match(
      repairs.join(),
      /^The file in STATE_DIR was damaged\. It was renamed to sidecar\.sqlite\.damaged-\S+, and a new one was written\.$/,
    );
    store.close();
    assert.deepEqual(reopen(dir).records, changed);
  });

  for (const [what, isDamaged] of [
    ['after each repair', () => true],
    ['soon after it was repaired', (commit: number) => commit % 3 === 0],
  ] as const) {
    test(`repeatedly, ${what}, is given up, so that the disk is not filled`, (t) => {
      const dir = tempDir(t);
      const { store } = open(dir);
      let commits = 0;
      failCommits(t, () => isDamaged(commits++));
      for (let index = 0; index < 100; index += 1) {
        store.save(completing(index));
        passTime(t, 2 * REOPEN_INTERVAL);
      }
      store.close();
      assert.match(store.health.problem ?? '', /the file in STATE_DIR is damaged and cannot be replaced/);
      const count = quarantinedFiles(dir).length;
      assert.ok(count > 0 && count < 10, `${count} files`);
    });
  }
});

/** Makes SQLite report damage when a transaction ends. */
function failCommits(t: TestContext, isDamaged: () => boolean): void {
  const exec = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')?.value as (
    sql: string,
  ) => void;
  t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (sql === 'COMMIT' && isDamaged()) throw Object.assign(new Error('damaged'), { errcode: 11 });
    exec.call(this, sql);
  });
}
