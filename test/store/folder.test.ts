import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openStore } from '../../src/store/index.ts';
import { assertInMemory, completing, endOfRun, open, passTime, reopen, REST, tempDir } from './fixtures.ts';

describe('a folder that can not be used', () => {
  test('because its parent is missing, is told once; all goes on in memory', async (t) => {
    const opened = open(join(tempDir(t), 'missing', 'state'));
    await assertInMemory(opened, /no folder and can not be made/);
    opened.store.close();
  });

  test('because it is a file, is told once, and the file is left alone', async (t) => {
    const dir = join(tempDir(t), 'state');
    writeFileSync(dir, 'mine');
    const opened = open(dir);
    await assertInMemory(opened, /no folder and can not be made/);
    opened.store.close();
    assert.equal(readFileSync(dir, 'utf8'), 'mine');
  });

  test('because it is a device, is told once', async () => {
    const opened = open('/dev/full');
    await assertInMemory(opened, /no folder and can not be made/);
    opened.store.close();
  });

  test('is used when it is there later, with all that was said meanwhile', async (t) => {
    const parent = join(tempDir(t), 'volume');
    const dir = join(parent, 'state');
    const { store, restored } = open(dir);
    store.save(completing(1));
    mkdirSync(parent);
    store.save(completing(2));
    assert.equal(existsSync(dir), false, 'the disk is not left alone');
    passTime(t, REST);
    store.save(completing(3));
    await endOfRun();
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    assert.equal(restored(), 1);
    store.close();
    assert.deepEqual(reopen(dir).records, [completing(1), completing(2), completing(3)]);
  });
});

/** A store in trouble from the start, and who hears of it. */
const listen = (t: TestContext, onDegraded: () => void) => {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { lines, store: openStore({ dir: join(tempDir(t), 'missing', 'state'), log, onDegraded }) };
};

describe('who hears of a problem', () => {
  test('hears of it when the store is there, not from within a call', async (t) => {
    const heard: string[] = [];
    const { store } = listen(t, () => heard.push(store.health.kind));
    assert.deepEqual(heard, []);
    await endOfRun();
    assert.deepEqual(heard, ['memory']);
  });

  test('may throw: the store goes on and the log says so', async (t) => {
    const { store, lines } = listen(t, () => {
      throw new Error('nobody is there');
    });
    await endOfRun();
    store.save(completing(1));
    assert.match(lines.at(-1) ?? '', /could not be passed on/);
  });
});
