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
import { diedAfterwards, lay } from './damage.ts';
import { assertInMemory, completing, FILE, fill, open, reopen, tempDir } from './fixtures.ts';
import { visit } from './visits.ts';

/** Only a process that waits for ever reaches it. */
const GUARD = ['timeout', '--signal=KILL', '60'];

const isRoot = process.getuid?.() === 0;

describe('what stands in the place of a state file and is no regular file', () => {
  for (const [kind, name, place] of [
    ['a FIFO', FILE, (path: string) => void spawnSync('mkfifo', [path])],
    ['a FIFO', `${FILE}-wal`, (path: string) => void spawnSync('mkfifo', [path])],
    ['a symbolic link', FILE, (path: string) => symlinkSync(`${path}.elsewhere`, path)],
    ['a symbolic link', `${FILE}-journal`, (path: string) => symlinkSync('/dev/zero', path)],
    ['a folder', FILE, (path: string) => mkdirSync(path)],
  ] as const) {
    test(`${kind} as ${name} is left alone, and reported: the state is kept in memory`, async (t) => {
      const dir = tempDir(t);
      if (name !== FILE) fill(dir, [completing(0)]);
      place(join(dir, name));
      const before = readdirSync(dir);
      const { report } = await visit({ dir, save: 1 }, GUARD);
      const { problem } = report.after;
      assert.ok(problem?.includes(`: ${name} in STATE_DIR is ${kind}, not a regular file.`), `${problem}`);
      assert.deepEqual(readdirSync(dir), before);
      const { status, found } = checkState(dir);
      assert.deepEqual([status, found], ['fail', `${name} in STATE_DIR is ${kind}, not a regular file`]);
    });
  }

  test('a symbolic link is left alone also when a file is behind it', async (t) => {
    const [dir, other] = [tempDir(t), join(tempDir(t), 'precious')];
    writeFileSync(other, 'precious');
    symlinkSync(other, join(dir, FILE));
    const opened = open(dir);
    await assertInMemory(opened, /sidecar\.sqlite in STATE_DIR is a symbolic link, not a regular file/);
    opened.store.close();
    assert.equal(readFileSync(other, 'utf8'), 'precious');
    assert.ok(lstatSync(join(dir, FILE)).isSymbolicLink());
  });

  test('a socket is left alone', async (t) => {
    const dir = tempDir(t);
    const server = createServer().listen(join(dir, FILE));
    t.after(() => server.close());
    const opened = open(dir);
    await assertInMemory(opened, /sidecar\.sqlite in STATE_DIR is a socket, not a regular file/);
    opened.store.close();
  });

  test('is used no more, and the state is on disk, once it is taken away', (t) => {
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

  test('is reported when it is a symbolic link to nothing, and what it names is not made', async (t) => {
    const dir = join(tempDir(t), 'link');
    symlinkSync(`${dir}-target`, dir);
    const opened = open(dir);
    await assertInMemory(opened, /no folder and can not be made/);
    opened.store.close();
    assert.ok(!existsSync(`${dir}-target`));
  });

  test('that the flags of the image do not let it write to is reported as such', async (t) => {
    const [allowed, dir] = [tempDir(t), tempDir(t)];
    const { report } = await visit({ dir, allowed });
    assert.match(report.before.problem ?? '', /STATE_DIR can not be written to/);
    assert.deepEqual(readdirSync(dir), []);
  });
});

describe('a state file that others may read', () => {
  test('is for its user alone from the next start on, its journals too', (t) => {
    const dir = tempDir(t);
    lay(dir, diedAfterwards(t));
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

  test('and was set aside is for its user alone', (t) => {
    const dir = tempDir(t);
    writeFileSync(join(dir, FILE), 'x'.repeat(1000), { mode: 0o666 });
    chmodSync(join(dir, FILE), 0o666);
    reopen(dir);
    for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
  });
});

/** As root made it: a folder with this mode, and in it a file of `owner` that everyone may write to. */
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

describe('a state file of another user', { skip: isRoot ? false : 'only root can give a file away' }, () => {
  test('in a folder that everyone may write to is left alone', async (t) => {
    const dir = tempDir(t);
    folderWith(dir, { mode: 0o1777, owner: 1234 });
    const { report } = await visit({ dir, save: 1, user: 65_534 });
    assert.deepEqual(report.found, []);
    assert.match(
      report.after.problem ?? '',
      /: sidecar\.sqlite in STATE_DIR belongs to another user \(1234\), in a folder that everyone may write to\./,
    );
    assert.deepEqual(readdirSync(dir), [FILE]);
  });

  for (const [what, setting] of [
    ['is our own', { mode: 0o1777, owner: 65_534 }],
    ["is root's", { mode: 0o1777, owner: 0 }],
    ["is the folder's owner's", { mode: 0o777, owner: 1234, folder: 1234 }],
    ['stands where only a group may write', { mode: 0o775, owner: 1234 }],
  ] as const) {
    test(`is used where it ${what}`, async (t) => {
      const dir = tempDir(t);
      folderWith(dir, setting);
      const { report } = await visit({ dir, user: 65_534 });
      assert.deepEqual(report.found, [completing(0)]);
    });
  }
});
