import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { UNKNOWN_FIELDS } from '../../machines/routing/fields.ts';
import { migrate, MIGRATIONS, versionOf } from '../../src/store/database.ts';
import { restoredState } from '../../src/store/index.ts';
import {
  quarantinedFiles,
  completing,
  endOfRun,
  FILE,
  fill,
  following,
  hashOf,
  observation,
  open,
  reopen,
  tempDir,
  withFile,
} from './fixtures.ts';

test('a file contains the version of its schema', (t) => {
  const dir = tempDir(t);
  fill(dir, []);
  assert.equal(withFile(dir, versionOf), MIGRATIONS.length);
});

test('a file of a newer version is quarantined unchanged, and a new one is created', async (t) => {
  const dir = tempDir(t);
  fill(dir, [completing(1)]);
  withFile(dir, (file) => file.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));
  const bytes = readFileSync(join(dir, FILE));
  const { store, repairs } = open(dir);
  await endOfRun();
  assert.deepEqual(store.records, []);
  assert.equal(store.health.kind, 'disk');
  const [name = ''] = quarantinedFiles(dir);
  assert.match(name, /^sidecar\.sqlite\.newer-\d{8}T\d{9}Z$/);
  assert.deepEqual(repairs, [
    `The state file is from a newer version. It was renamed to ${name}, and a new file was created.`,
  ]);
  store.save(completing(2));
  store.close();
  assert.deepEqual(readFileSync(join(dir, name)), bytes);
  assert.deepEqual(reopen(dir).records, [completing(2)]);
});

test('a file of another program is quarantined', (t) => {
  const dir = tempDir(t);
  withFile(dir, (file) => file.exec('CREATE TABLE records (key TEXT)'));
  const { store } = open(dir);
  store.save(completing(1));
  store.close();
  assert.equal(quarantinedFiles(dir).length, 1);
  assert.deepEqual(reopen(dir).records, [completing(1)]);
});

test('a file of an older version is migrated, with all its rows', (t) => {
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

test('a migration that fails leaves the file unchanged', () => {
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

test('an empty SQLite file becomes a store', (t) => {
  const dir = tempDir(t);
  withFile(dir, (file) => file.exec('PRAGMA user_version = 1; PRAGMA user_version = 0'));
  fill(dir, [following(1)]);
  assert.deepEqual(reopen(dir).records, [following(1)]);
  assert.deepEqual(quarantinedFiles(dir), []);
});

/** As version 0.1.0 stored it. */
const finished = (index: number) => observation(index, UNKNOWN_FIELDS);

test('a file that version 0.1.0 wrote is read completely, and stays in use', (t) => {
  const dir = tempDir(t);
  copyFileSync(join(import.meta.dirname, 'state-0.1.0.sqlite'), join(dir, FILE));
  const { store, lines } = open(dir);
  const time = 1_700_000_000_000;
  const records = [
    following(1, {
      shown: {
        percent: 42,
        phase: 'downloading',
        estimate: { arrival: time + 600_000, at: time, corrections: 1 },
      },
      highest: 43,
      card: true,
      alert: 'stalled',
      sounded: { stalled: time },
      hash: hashOf(9),
    }),
    completing(2, { finished: finished(2) }),
    completing(3, { finished: finished(3), stage: 'completed', card: true, readdedAs: hashOf(4) }),
    following(5, { stage: 'removed', card: true }),
    following(6, { quiet: true, finishHookAt: time }),
  ];
  const restored = { records, incidentShown: true, sounds: { 'qbittorrent.unreachable': time } };
  assert.deepEqual(restoredState(store), restored);
  assert.equal(store.instance, 'qbit-428000');
  assert.deepEqual([store.health, lines], [{ kind: 'disk', problem: null }, []]);
  store.close();
  assert.deepEqual(quarantinedFiles(dir), []);
  assert.deepEqual(reopen(dir).records, records);
});
