import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkState } from '../../src/doctor/machine.ts';
import { killedStore, lay } from './damage.ts';
import { assertInMemory, completing, FILE, fill, open, reopen, tempDir } from './fixtures.ts';
import { runStoreProcess } from './store-process.ts';

/** Only a process that blocks reaches this limit. */
const GUARD = ['timeout', '--signal=KILL', '60'];

const isRoot = process.getuid?.() === 0;

describe('a file in place of the state file that is not a regular file', () => {
  for (const [kind, name, place] of [
    ['a FIFO', FILE, (path: string) => void spawnSync('mkfifo', [path])],
    ['a FIFO', `${FILE}-wal`, (path: string) => void spawnSync('mkfifo', [path])],
    ['a symbolic link', FILE, (path: string) => symlinkSync(`${path}.elsewhere`, path)],
    ['a symbolic link', `${FILE}-journal`, (path: string) => symlinkSync('/dev/zero', path)],
    ['a folder', FILE, (path: string) => mkdirSync(path)],
  ] as const) {
    test(`${kind} as ${name} is not touched, and reported: the state is kept in memory`, async (t) => {
      const dir = tempDir(t);
      if (name !== FILE) fill(dir, [completing(0)]);
      place(join(dir, name));
      const before = readdirSync(dir);
      const { report } = await runStoreProcess({ dir, save: 1 }, GUARD);
      const { problem } = report.after;
      assert.ok(problem?.includes(`: ${name} in STATE_DIR is ${kind}, not a regular file.`), `${problem}`);
      assert.deepEqual(readdirSync(dir), before);
      const { status, found } = checkState(dir);
      assert.deepEqual([status, found], ['fail', `${name} in STATE_DIR is ${kind}, not a regular file`]);
    });
  }

  test('a symbolic link to a file is not touched', async (t) => {
    const [dir, other] = [tempDir(t), join(tempDir(t), 'precious')];
    writeFileSync(other, 'precious');
    symlinkSync(other, join(dir, FILE));
    const opened = open(dir);
    await assertInMemory(opened, /sidecar\.sqlite in STATE_DIR is a symbolic link, not a regular file/);
    opened.store.close();
    assert.equal(readFileSync(other, 'utf8'), 'precious');
    assert.ok(lstatSync(join(dir, FILE)).isSymbolicLink());
  });

  test('a socket is not touched', async (t) => {
    const dir = tempDir(t);
    const server = createServer().listen(join(dir, FILE));
    t.after(() => server.close());
    const opened = open(dir);
    await assertInMemory(opened, /sidecar\.sqlite in STATE_DIR is a socket, not a regular file/);
    opened.store.close();
  });

  test('is no longer reported, and the state is on disk, once it is deleted', (t) => {
    const dir = tempDir(t);
    const path = join(dir, FILE);
    symlinkSync('nowhere', path);
    const { store } = open(dir);
    store.save(completing(1));
    assert.equal(store.health.kind, 'memory');
    spawnSync('rm', [path]);
    store.close();
    assert.deepEqual(reopen(dir).records, [completing(1)]);
  });
});

describe('STATE_DIR', () => {
  test('may be a symbolic link to a folder', (t) => {
    const parent = tempDir(t);
    const [folder, link] = [join(parent, 'folder'), join(parent, 'link')];
    mkdirSync(folder);
    symlinkSync(folder, link);
    fill(link, [completing(1)]);
    assert.ok(existsSync(join(folder, FILE)));
    assert.deepEqual(reopen(link).records, [completing(1)]);
  });

  test('is reported when it is a dangling symbolic link, and its target is not created', async (t) => {
    const dir = join(tempDir(t), 'link');
    symlinkSync(`${dir}-target`, dir);
    const opened = open(dir);
    await assertInMemory(opened, /not a folder and cannot be created/);
    opened.store.close();
    assert.ok(!existsSync(`${dir}-target`));
  });

  test('that the flags of the image do not allow writing to is reported as not writable', async (t) => {
    const [allowed, dir] = [tempDir(t), tempDir(t)];
    const { report } = await runStoreProcess({ dir, allowed });
    assert.match(report.before.problem ?? '', /STATE_DIR is not writable/);
    assert.deepEqual(readdirSync(dir), []);
  });
});

describe('a state file that other users can read', () => {
  test('is private from the next start on, with its journals', (t) => {
    const dir = tempDir(t);
    lay(dir, killedStore(t));
    const modes = () => readdirSync(dir).map((name) => statSync(join(dir, name)).mode & 0o777);
    for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o666);
    const { store } = open(dir);
    assert.deepEqual(modes(), [0o600, 0o600]);
    store.save(completing(9));
    assert.deepEqual(modes(), [0o600, 0o600]);
    store.close();
    assert.deepEqual(modes(), [0o600]);
    assert.equal(reopen(dir).records.length, 5);
  });

  test('is private when it is quarantined', (t) => {
    const dir = tempDir(t);
    writeFileSync(join(dir, FILE), 'x'.repeat(1000), { mode: 0o666 });
    chmodSync(join(dir, FILE), 0o666);
    reopen(dir);
    for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
  });
});

/** Creates, as root, a folder with this mode, and in it a file of `owner` that everyone can write to. */
function folderWith(
  dir: string,
  { mode, owner, folder = 0 }: Record<'mode' | 'owner', number> & { folder?: number },
) {
  fill(dir, [completing(0)]);
  chmodSync(join(dir, FILE), 0o666);
  chownSync(join(dir, FILE), owner, owner);
  chownSync(dir, folder, folder);
  chmodSync(dir, mode);
}

describe(
  'a state file of another user',
  { skip: isRoot ? false : 'only root can change the owner of a file' },
  () => {
    test('in a folder that everyone can write to is not touched', async (t) => {
      const dir = tempDir(t);
      folderWith(dir, { mode: 0o1777, owner: 1234 });
      const { report } = await runStoreProcess({ dir, save: 1, user: 65_534 });
      assert.deepEqual(report.found, []);
      assert.match(
        report.after.problem ?? '',
        /: sidecar\.sqlite in STATE_DIR belongs to another user \(1234\), in a folder that everyone can write to\./,
      );
      assert.deepEqual(readdirSync(dir), [FILE]);
    });

    for (const [what, setting] of [
      ['belongs to this user', { mode: 0o1777, owner: 65_534 }],
      ['belongs to root', { mode: 0o1777, owner: 0 }],
      ['belongs to the owner of the folder', { mode: 0o777, owner: 1234, folder: 1234 }],
      ['is in a folder that only a group can write to', { mode: 0o775, owner: 1234 }],
    ] as const) {
      test(`is used when it ${what}`, async (t) => {
        const dir = tempDir(t);
        folderWith(dir, setting);
        const { report } = await runStoreProcess({ dir, user: 65_534 });
        assert.deepEqual(report.found, [completing(0)]);
      });
    }
  },
);
