import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openStore } from '../../src/store/index.ts';
import {
  assertInMemory,
  completing,
  endOfRun,
  open,
  passTime,
  reopen,
  REOPEN_INTERVAL,
  tempDir,
} from './fixtures.ts';

describe('a folder that cannot be used', () => {
  test('because its parent is missing, is reported once; the store works in memory', async (t) => {
    const opened = open(join(tempDir(t), 'missing', 'state'));
    await assertInMemory(opened, /not a folder and cannot be created/);
    opened.store.close();
  });

  test('because it is a file, is reported once, and the file is not changed', async (t) => {
    const dir = join(tempDir(t), 'state');
    writeFileSync(dir, 'mine');
    const opened = open(dir);
    await assertInMemory(opened, /not a folder and cannot be created/);
    opened.store.close();
    assert.equal(readFileSync(dir, 'utf8'), 'mine');
  });

  test('because it is a device, is reported once', async () => {
    const opened = open('/dev/full');
    await assertInMemory(opened, /not a folder and cannot be created/);
    opened.store.close();
  });

  test('is used once it exists, and contains what was saved in the meantime', async (t) => {
    const parent = join(tempDir(t), 'volume');
    const dir = join(parent, 'state');
    const { store, restored } = open(dir);
    store.save(completing(1));
    mkdirSync(parent);
    store.save(completing(2));
    assert.equal(existsSync(dir), false, 'tried again too early');
    passTime(t, REOPEN_INTERVAL);
    store.save(completing(3));
    await endOfRun();
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    assert.equal(restored(), 1);
    store.close();
    assert.deepEqual(reopen(dir).records, [completing(1), completing(2), completing(3)]);
  });
});

/** A store that is degraded from the start, with a listener. */
const listen = (t: TestContext, onDegraded: () => void) => {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { lines, store: openStore({ dir: join(tempDir(t), 'missing', 'state'), log, onDegraded }) };
};

describe('a listener', () => {
  test('is called when the store exists, not from within a call', async (t) => {
    const calls: string[] = [];
    const { store } = listen(t, () => calls.push(store.health.kind));
    assert.deepEqual(calls, []);
    await endOfRun();
    assert.deepEqual(calls, ['memory']);
  });

  test('may throw: the store works, and the exception is logged', async (t) => {
    const { store, lines } = listen(t, () => {
      throw new Error('listener failed');
    });
    await endOfRun();
    store.save(completing(1));
    assert.match(lines.at(-1) ?? '', /a listener of the store failed/);
  });
});
