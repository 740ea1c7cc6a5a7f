import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { killedStore, lay } from './damage.ts';
import {
  big,
  completing,
  endOfRun,
  FILE,
  fill,
  open,
  passTime,
  reopen,
  REOPEN_INTERVAL,
  tempDir,
} from './fixtures.ts';
import { startStoreProcess, runStoreProcess } from './store-process.ts';
import type { StoreProcessResult, Wrapper } from './store-process.ts';

const bigs = (count: number) => Array.from({ length: count }, (_, index) => big(1000 + index));

describe('a process with a store', () => {
  test('prints nothing and ends, whether the store was closed or not', async (t) => {
    const dir = tempDir(t);
    for (const close of [true, false]) {
      const { code, stderr } = await runStoreProcess({ dir, save: 1, close });
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    }
    assert.deepEqual(reopen(dir).records, bigs(1));
  });
});

describe('a second process in the same folder', () => {
  test('reports it once and does not use the file', async (t) => {
    const dir = tempDir(t);
    const first = startStoreProcess({ dir, save: 3, hold: 60_000 });
    t.after(() => first.kill());
    assert.ok(first.stdout);
    await once(first.stdout, 'data');
    const { store, problems } = open(dir);
    store.save(completing(1));
    await endOfRun();
    assert.deepEqual(store.records, []);
    assert.equal(store.health.kind, 'memory');
    assert.match(problems.join(), /another process uses the same STATE_DIR \(each sidecar needs its own\)/);
    assert.equal(problems.length, 1);
    first.kill('SIGKILL');
    await once(first, 'close');
    store.save(completing(2));
    store.close();
    assert.deepEqual(reopen(dir).records, bigs(3));
  });

  test('that created it anew after it was deleted keeps it', async (t) => {
    const dir = join(tempDir(t), 'state');
    const { store, restored } = open(dir);
    t.after(() => store.close());
    rmSync(dir, { recursive: true });
    const other = startStoreProcess({ dir, save: 3, hold: 60_000 });
    t.after(() => other.kill());
    assert.ok(other.stdout);
    await once(other.stdout, 'data');
    store.save(completing(1));
    assert.match(store.health.problem ?? '', /another process uses the same STATE_DIR/);
    other.kill('SIGKILL');
    await once(other, 'close');
    passTime(t, 100 * REOPEN_INTERVAL);
    store.save(completing(2));
    store.close();
    assert.deepEqual([store.health.kind, restored()], ['memory', 0]);
    assert.deepEqual(reopen(dir).records, bigs(3));
  });

  test('waits for one that is about to end', async (t) => {
    const dir = tempDir(t);
    const first = startStoreProcess({ dir, save: 3, hold: 300 });
    t.after(() => first.kill());
    assert.ok(first.stdout);
    await once(first.stdout, 'data');
    const { store } = open(dir);
    assert.deepEqual(store.records, bigs(3));
    assert.deepEqual(store.health, { kind: 'disk', problem: null });
    store.close();
  });
});

/** Root can write everywhere: the other process runs as the user nobody. */
const user = process.getuid?.() === 0 ? 65_534 : undefined;

/** Opens it as a user without write access, and checks that nothing was changed. */
async function runReadOnly(dir: string, wrapper: Wrapper = []): Promise<StoreProcessResult> {
  const seen = () => readdirSync(dir).map((name) => readFileSync(join(dir, name), 'base64'));
  const before = seen();
  chmodSync(dir, 0o555);
  for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o444);
  const result = await runStoreProcess({ dir, save: 20, ...(user !== undefined && { user }) }, wrapper);
  chmodSync(dir, 0o755);
  assert.deepEqual(seen(), before);
  return result;
}

/** A folder that every user can enter. */
function publicDir(t: TestContext): string {
  const parent = tempDir(t);
  chmodSync(parent, 0o755);
  return join(parent, 'state');
}

describe('a read-only folder', () => {
  test('is read, even if nothing is writable: completions in it are still sent', async (t) => {
    const dir = publicDir(t);
    fill(dir, [completing(0), completing(1)]);
    const { report } = await runReadOnly(dir, ['env', `TMPDIR=${dir}`]);
    assert.deepEqual(report.found, [completing(0), completing(1)]);
    assert.match(report.before.problem ?? '', /STATE_DIR is not writable/);
    assert.deepEqual(report.after, report.before);
  });

  test('is read when the last process was killed', async (t) => {
    const dir = publicDir(t);
    lay(dir, killedStore(t));
    const { report } = await runReadOnly(dir);
    assert.deepEqual(
      report.found,
      [0, 1, 2, 3].map((index) => completing(index)),
    );
    assert.match(report.before.problem ?? '', /STATE_DIR is not writable/);
  });

  test('may be empty', async (t) => {
    const dir = publicDir(t);
    mkdirSync(dir);
    const { report } = await runReadOnly(dir);
    assert.deepEqual(report.found, []);
    assert.match(report.before.problem ?? '', /STATE_DIR is not writable/);
  });
});

test('a folder that cannot be entered is reported, and nothing is found', async (t) => {
  const dir = publicDir(t);
  fill(dir, [completing(0)]);
  chmodSync(dir, user === undefined ? 0o000 : 0o700);
  const { report } = await runStoreProcess({ dir, save: 20, ...(user !== undefined && { user }) });
  chmodSync(dir, 0o700);
  assert.deepEqual(report.found, []);
  assert.match(report.before.problem ?? '', /STATE_DIR is not writable/);
  assert.deepEqual(reopen(dir).records, [completing(0)]);
});

/** Saves until that fails, and checks that the next start finds all that was saved. */
async function runUntilFull(dir: string, wrapper: Wrapper, problem: RegExp): Promise<void> {
  const { report, code, stderr } = await runStoreProcess({ dir, save: 200 }, wrapper);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.equal(report.before.kind, 'disk');
  assert.ok(report.saved > 2 && report.saved < 200, `${report.saved} were saved`);
  assert.match(report.after.problem ?? '', problem);
  const { records, health } = reopen(dir);
  assert.deepEqual(health, { kind: 'disk', problem: null });
  assert.deepEqual(records.slice(0, report.saved), bigs(report.saved));
}

test('files that cannot grow lose nothing that was saved', async (t) => {
  const limit = ['sh', '-c', `trap '' XFSZ; ulimit -f 600; exec "$@"`, 'sh'];
  const dir = join(tempDir(t), 'state');
  await runUntilFull(dir, limit, /the disk of STATE_DIR (?:reports errors|is full)/);
  assert.ok(statSync(join(dir, FILE)).size > 0);
});

test('a file system that is full loses nothing that was saved', async (t) => {
  const unshared = ['unshare', '--map-root-user', '--mount'];
  const mount = 'mount -t tmpfs -o size=300k none "$1"';
  const dir = tempDir(t);
  const mounting = spawnSync('unshare', [...unshared.slice(1), 'sh', '-c', mount, 'sh', dir]);
  if (mounting.status !== 0) {
    t.skip('mounting a small file system is not permitted; full.test.ts limits the file in SQLite');
    return;
  }
  // Its files disappear with the process: they are copied first.
  const [mounted, kept] = [join(dir, 'mounted'), join(dir, 'kept')];
  mkdirSync(mounted);
  mkdirSync(kept);
  const script = `${mount.replace('$1', mounted)} && "$@"; code=$?; cp "${mounted}"/* "${kept}"; exit $code`;
  const { report } = await runStoreProcess({ dir: mounted, save: 200, close: false }, [
    ...unshared,
    'sh',
    '-c',
    script,
    'sh',
  ]);
  assert.ok(report.saved > 2 && report.saved < 200, `${report.saved} were saved`);
  assert.match(report.after.problem ?? '', /the disk of STATE_DIR is full/);
  assert.deepEqual(reopen(kept).records.slice(0, report.saved), bigs(report.saved));
});
