import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { quarantine } from '../../src/store/recovery.ts';
import { quarantinedFiles, completing, FILE, open, reopen, tempDir } from './fixtures.ts';

/** Overwrites the store, opens it again, and returns the quarantined files. */
function overwrite(dir: string, text: string): string[] {
  writeFileSync(join(dir, FILE), text.padEnd(1000, 'x'));
  reopen(dir);
  return quarantinedFiles(dir);
}

describe('a quarantined file', () => {
  test('is kept if it is one of the three newest', (t) => {
    const dir = tempDir(t);
    for (let count = 1; count <= 3; count += 1)
      assert.equal(overwrite(dir, `number ${count} `).length, count);
    for (let count = 4; count <= 8; count += 1) assert.equal(overwrite(dir, `number ${count} `).length, 3);
    const texts = quarantinedFiles(dir).map(
      (name) => /number \d/.exec(readFileSync(join(dir, name), 'utf8'))?.[0],
    );
    assert.deepEqual(new Set(texts), new Set(['number 6', 'number 7', 'number 8']));
  });

  test('is deleted with its journals, and no other file is', (t) => {
    const dir = tempDir(t);
    const old = [
      'damaged-20200101T000000001Z',
      'damaged-20200101T000000002Z',
      'damaged-20200101T000000002Z-1',
    ];
    const files = old.flatMap((name) =>
      ['', '-wal', '-shm', '-journal'].map((suffix) => `${FILE}.${name}${suffix}`),
    );
    const others = [
      `${FILE}.newer-20200101T000000000Z`,
      `${FILE}.damaged-by-me`,
      `${FILE}.damaged-20200101T000000000Z.bak`,
      `x${FILE}.damaged-20200101T000000000Z`,
    ];
    for (const name of [...files, ...others]) writeFileSync(join(dir, name), 'x');
    overwrite(dir, 'anything');
    const left = new Set(readdirSync(dir));
    for (const name of others) assert.ok(left.has(name), name);
    assert.deepEqual(
      files.filter((name) => left.has(name)),
      files.slice(4),
      'the two newest, and the one quarantined now, with their journals',
    );
  });

  test('is kept when it is the latest, even if its name has the oldest time', (t) => {
    const dir = tempDir(t);
    for (const day of [1, 2, 3, 4]) writeFileSync(join(dir, `${FILE}.damaged-2999010${day}T000000000Z`), 'x');
    writeFileSync(join(dir, FILE), 'just now');
    const name = quarantine(join(dir, FILE), 'damaged');
    assert.equal(readFileSync(join(dir, name), 'utf8'), 'just now');
    assert.equal(quarantinedFiles(dir).length, 3);
  });

  test('that cannot be deleted causes no failure', (t) => {
    const dir = tempDir(t);
    for (const day of [1, 2, 3, 4]) mkdirSync(join(dir, `${FILE}.damaged-2020010${day}T000000000Z`));
    writeFileSync(join(dir, FILE), 'x'.repeat(1000));
    const { store } = open(dir);
    store.save(completing(1));
    store.close();
    assert.deepEqual(reopen(dir).records, [completing(1)]);
  });
});
