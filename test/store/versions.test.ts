import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate, MIGRATIONS, versionOf } from '../../src/store/schema.ts';
import {
  asides,
  completing,
  endOfRun,
  FILE,
  fill,
  following,
  open,
  reopen,
  tempDir,
  withFile,
} from './fixtures.ts';

test('a file says which version wrote it', (t) => {
  const dir = tempDir(t);
  fill(dir, []);
  assert.equal(withFile(dir, versionOf), MIGRATIONS.length);
});

test('a file of a newer version is set aside as it is, and a new one is begun', async (t) => {
  const dir = tempDir(t);
  fill(dir, [completing(1)]);
  withFile(dir, (file) => file.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));
  const bytes = readFileSync(join(dir, FILE));
  const { store, repairs } = open(dir);
  await endOfRun();
  assert.deepEqual(store.records, []);
  assert.equal(store.health.kind, 'disk');
  const [name = ''] = asides(dir);
  assert.match(name, /^sidecar\.sqlite\.newer-\d{8}T\d{9}Z$/);
  assert.deepEqual(repairs, [
    `What was kept is from a newer version. It was set aside as ${name}, and a new file was begun.`,
  ]);
  store.save(completing(2));
  store.close();
  assert.deepEqual(readFileSync(join(dir, name)), bytes);
  assert.deepEqual(reopen(dir).records, [completing(2)]);
});

test('a file that another program made is set aside', (t) => {
  const dir = tempDir(t);
  withFile(dir, (file) => file.exec('CREATE TABLE records (key TEXT)'));
  const { store } = open(dir);
  store.save(completing(1));
  store.close();
  assert.equal(asides(dir).length, 1);
  assert.deepEqual(reopen(dir).records, [completing(1)]);
});

test('a file of an older version is brought to the newest one, with all that is in it', (t) => {
  const dir = tempDir(t);
  fill(dir, [following(1), completing(2)]);
  withFile(dir, (file) => {
    migrate(file, [
      ...MIGRATIONS,
      (database) => database.exec('ALTER TABLE records ADD COLUMN seen INTEGER'),
    ]);
    assert.equal(versionOf(file), MIGRATIONS.length + 1);
    assert.equal(file.prepare('SELECT count(seen IS NULL) n FROM records').get()?.['n'], 2);
  });
});

test('an update that fails half way leaves a file as it was', () => {
  const database = new DatabaseSync(':memory:');
  const steps = [
    ...MIGRATIONS,
    (database: DatabaseSync) => database.exec('DROP TABLE facts'),
    () => {
      throw new Error('no further');
    },
  ];
  migrate(database);
  assert.throws(() => migrate(database, steps), /no further/);
  assert.equal(versionOf(database), MIGRATIONS.length);
  assert.equal(database.prepare('SELECT count(*) n FROM facts').get()?.['n'], 0);
  database.close();
});

test('an empty file of version 0 becomes a store', (t) => {
  const dir = tempDir(t);
  withFile(dir, (file) => file.exec('PRAGMA user_version = 1; PRAGMA user_version = 0'));
  fill(dir, [following(1)]);
  assert.deepEqual(reopen(dir).records, [following(1)]);
  assert.deepEqual(asides(dir), []);
});
