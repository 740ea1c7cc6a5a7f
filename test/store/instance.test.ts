import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkInstance } from '../../src/doctor/machine.ts';
import { readInstance } from '../../src/store/index.ts';
import { completing, FILE, fill, following, observation, open, tempDir, withFile } from './fixtures.ts';
import { startStoreProcess } from './store-process.ts';
import { once } from 'node:events';

const OWN = /^qbit-[0-9a-f]{6}$/;

/** The instance name of a start with this folder. */
function nameIn(dir: string | null): string {
  const { store } = open(dir);
  store.close();
  return store.instance;
}

/** Deletes the name from a file, as an earlier version wrote it. */
const deleteName = (dir: string) =>
  withFile(dir, (file) => file.exec(`DELETE FROM facts WHERE name = '"instance"'; VACUUM`));

describe('the name of a sidecar without an INSTANCE_NAME', () => {
  test('differs for each new state file, and survives restarts', (t) => {
    const dirs = Array.from({ length: 20 }, () => tempDir(t));
    const names = dirs.map(nameIn);
    for (const name of names) assert.match(name, OWN);
    assert.equal(new Set(names).size, dirs.length);
    assert.deepEqual(dirs.map(nameIn), names);
  });

  test('is on the disk when the store is open', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    t.after(() => store.close());
    const copy = tempDir(t);
    for (const suffix of ['', '-wal']) {
      // A copy of the bytes on the disk, as after a kill; without SQLite.
      writeFileSync(join(copy, FILE + suffix), readFileSync(join(dir, FILE + suffix)));
    }
    assert.equal(nameIn(copy), store.instance);
  });

  test('is not among the facts', (t) => {
    const dir = tempDir(t);
    fill(dir, [], { troubled: true });
    assert.deepEqual(open(dir).store.facts, new Map([['troubled', true]]));
  });

  test('stays qbit without a folder, and with a file of an earlier version', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    deleteName(dir);
    assert.deepEqual([nameIn(dir), nameIn(dir), nameIn(null)], ['qbit', 'qbit', 'qbit']);
  });

  test('is qbit when the name in the file is invalid', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)], { instance: 'qbit-ABCDEF/../..' });
    assert.equal(nameIn(dir), 'qbit');
  });

  test('is written to the new file when the file was deleted while it was open', (t) => {
    const dir = tempDir(t);
    const { store } = open(dir);
    rmSync(join(dir, FILE));
    store.save(completing(1));
    store.close();
    assert.equal(nameIn(dir), store.instance);
  });

  test('is a new one when the file was deleted while no sidecar was running', (t) => {
    const dir = tempDir(t);
    const before = nameIn(dir);
    rmSync(join(dir, FILE));
    assert.notEqual(nameIn(dir), before);
  });
});

describe('the name in a file that cannot be used', () => {
  /** A torrent's name that looks like the row with the instance name. */
  const forged = completing(1, { finished: observation(1, { name: '"instance""qbit-bad000"' }) });

  for (const [what, spoil] of [
    ['whose beginning was overwritten', (bytes: Buffer) => bytes.fill('x', 0, 200)],
    // The last page, of the history, is empty: without its padding it would be complete.
    ['that was truncated within its last page but one', (bytes: Buffer) => bytes.subarray(0, -4200)],
    ['of a newer version', (bytes: Buffer) => (bytes.writeUInt32BE(99, 60), bytes)],
  ] as const) {
    test(`${what} is recovered, and cannot be forged by a torrent`, (t) => {
      const dir = tempDir(t);
      fill(dir, [forged]);
      const before = nameIn(dir);
      const path = join(dir, FILE);
      writeFileSync(path, spoil(readFileSync(path)));
      const { store, repairs } = open(dir);
      store.close();
      assert.equal(store.instance, before);
      assert.match(JSON.stringify([store.health, repairs]), /renamed to/);
      assert.equal(nameIn(dir), before, 'it is also in the new file');
    });
  }

  test('of an earlier version does not exist: it stays qbit', (t) => {
    const dir = tempDir(t);
    fill(dir, [forged]);
    deleteName(dir);
    const path = join(dir, FILE);
    writeFileSync(path, readFileSync(path).fill('x', 0, 200));
    assert.deepEqual([nameIn(dir), nameIn(dir)], ['qbit', 'qbit']);
  });

  test('because another process has opened it is still used, so that the cards stay the same', async (t) => {
    const dir = tempDir(t);
    const name = nameIn(dir);
    const other = startStoreProcess({ dir, save: 1, hold: 60_000 });
    t.after(() => other.kill());
    assert.ok(other.stdout);
    await once(other.stdout, 'data');
    const { store } = open(dir);
    t.after(() => store.close());
    assert.deepEqual([store.health.kind, store.instance], ['memory', name]);
    assert.deepEqual(readInstance(dir), { kind: 'own', name });
  });
});

const check = (instance: string | null, stateDir: string | null) => {
  const { status, found } = checkInstance({ instance, stateDir });
  return [status, found] as const;
};

describe('doctor', () => {
  test('reports it', (t) => {
    const dir = tempDir(t);
    assert.deepEqual(check('seedbox', null), ['ok', 'seedbox, from INSTANCE_NAME']);
    assert.deepEqual(check(null, dir), ['ok', 'created with the state file at the first start']);
    const name = nameIn(dir);
    assert.deepEqual(check(null, dir), ['ok', `${name}, from the state folder`]);
  });

  test('warns when two sidecars could have the same name', (t) => {
    const dir = tempDir(t);
    fill(dir, [following(1)]);
    deleteName(dir);
    for (const [stateDir, found] of [
      [null, /^qbit, the same for each sidecar without STATE_DIR: two of them on one topic/],
      [dir, /^qbit, the same for each sidecar with a state file of an earlier version/],
    ] as const) {
      const [status, message] = check(null, stateDir);
      assert.equal(status, 'warn');
      assert.match(message, found);
    }
  });
});
