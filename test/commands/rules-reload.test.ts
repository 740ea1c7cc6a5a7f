/** The rules file of a running process, changed as editors and kubelets do. Nothing is tracked: SIGHUP reads it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import { SETTLE_TIME } from '../../src/config/rules/reload.ts';
import { sleep, until } from '../servers/wait.ts';
import { environment, rulesWith, startWithRules } from './rules-running.ts';
import type { Running } from './rules-running.ts';
import { valid } from './rules-files.ts';

/** A version of a mounted ConfigMap: all of them have the same time. */
function addVersion(folder: string, version: string, rules: number): void {
  mkdirSync(join(folder, version));
  const file = join(folder, version, 'rules.yaml');
  writeFileSync(file, rulesWith(rules));
  utimesSync(file, 1000, 1000);
}

function replaceLink(target: string, path: string): void {
  symlinkSync(target, `${path}_tmp`);
  renameSync(`${path}_tmp`, path);
}

/** As an editor does, and at once: a process that is busy must not see the first half. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Writes a file in place, slowly: most of its beginnings are valid. Returns the longest pause between two pieces. */
async function writeInPieces({ path, sidecar }: Running, text: string): Promise<number> {
  const lines = text.split(/(?<=\n)/);
  let longest = 0;
  let last = performance.now();
  for (const count of lines.keys()) {
    writeFileSync(path, lines.slice(0, count + 1).join(''));
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    sidecar.send('SIGHUP');
    if (count + 1 < lines.length) await sleep(250);
  }
  return longest;
}

describe('a running process uses', { concurrency: 2 }, () => {
  test('the new version of a mounted ConfigMap, whose files are behind replaced symbolic links', async () => {
    await using running = await startWithRules({
      prepare(folder) {
        addVersion(folder, '..v1', 1);
        symlinkSync('..v1', join(folder, '..data'));
        symlinkSync(join('..data', 'rules.yaml'), join(folder, 'rules.yaml'));
        return join(folder, 'rules.yaml');
      },
    });
    addVersion(running.folder, '..v2', 2);
    replaceLink('..v2', join(running.folder, '..data'));
    assert.deepEqual(await running.reread(2), ['loaded 1', 'changed 2']);
    rmSync(join(running.folder, '..v1'), { recursive: true });
    // The key was removed from the ConfigMap: the folder has no such file.
    mkdirSync(join(running.folder, '..v3'));
    replaceLink('..v3', join(running.folder, '..data'));
    assert.deepEqual(await running.reread(3), ['loaded 1', 'changed 2', 'invalid']);
    addVersion(running.folder, '..v4', 4);
    replaceLink('..v4', join(running.folder, '..data'));
    assert.deepEqual((await running.reread(5)).slice(3), ['valid', 'changed 4']);
  });

  test('a file that an editor renamed into place, and not the one that is still being written', async () => {
    await using running = await startWithRules();
    replaceFile(running.path, rulesWith(2));
    assert.deepEqual(await running.reread(2), ['loaded 1', 'changed 2']);
    assert.equal(readFileSync(join(running.stateDir, 'rules-last-valid.yaml'), 'utf8'), rulesWith(2));
    let whole = 9;
    // A file that stays the same for two seconds because this machine is busy is a settled one.
    while ((await writeInPieces(running, rulesWith(whole))) >= SETTLE_TIME) whole += 1;
    await until('the whole file is used', () => running.reports().at(-1) === `changed ${whole}`);
    if (whole === 9) assert.deepEqual(running.reports(), ['loaded 1', 'changed 2', 'changed 9']);
  });

  test('the last valid rules while the file is invalid, empty or missing, and says so once for each', async () => {
    await using running = await startWithRules();
    const expected = ['loaded 1'];
    const damages: Array<(path: string) => void> = [
      (path) => replaceFile(path, 'rules: [{ name: a, topic: planted/topic }]'),
      (path) => replaceFile(path, ''),
      (path) => rmSync(path),
    ];
    for (const damage of damages) {
      damage(running.path);
      expected.push('invalid');
      assert.deepEqual(await running.reread(expected.length), expected, running.output());
      // Another signal about the same file is no other report.
      running.sidecar.send('SIGHUP');
      replaceFile(running.path, rulesWith(1));
      expected.push('valid');
      assert.deepEqual(await running.reread(expected.length), expected, running.output());
    }
    assert.equal(readFileSync(join(running.stateDir, 'rules-last-valid.yaml'), 'utf8'), rulesWith(1));
    assert.doesNotMatch(running.output(), /planted/);
  });

  test('the copy in STATE_DIR when the file is invalid at the start, until it is valid', async () => {
    await using running = await startWithRules({ text: 'rules: [{ nam: a }]', copy: rulesWith(3) });
    assert.deepEqual(running.reports(), ['invalid', 'loaded 3']);
    assert.match(running.output(), /rules\.yaml:1:11: .*did you mean name\?/);
    replaceFile(running.path, rulesWith(2));
    assert.deepEqual((await running.reread(4)).slice(2), ['valid', 'changed 2']);
    assert.doesNotMatch(running.output(), /planted/);
  });
});

describe('SIGHUP ends the process, as any other', { concurrency: 2 }, () => {
  test('without rules', async () => {
    await using sidecar = createSidecarProcess(environment({}));
    sidecar.start();
    await until('it listens', () => sidecar.current?.output.includes('"message":"listening"'));
    sidecar.send('SIGHUP');
    await sidecar.ended();
    assert.equal(sidecar.current?.end, 'SIGHUP');
  });

  test('in a terminal, which was closed', async (t) => {
    if (!existsSync('/usr/bin/script')) return t.skip('this machine has no `script`, which opens a terminal');
    const command = `echo "pid $$"; exec '${process.execPath}' src/cli.ts`;
    const terminal = spawn('/usr/bin/script', ['-q', '-e', '-c', command, '/dev/null'], {
      cwd: new URL('../../', import.meta.url),
      env: { PATH: process.env['PATH'] ?? '', TERM: 'dumb', ...environment({ RULES_FILE: valid }) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    terminal.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(terminal, 'exit');
    await until('it listens', () => output.includes('listening'));
    process.kill(Number(/pid (\d+)/.exec(output)?.[1]), 'SIGHUP');
    const [code] = (await ended) as [number | null];
    assert.equal(code, 128 + 1, output);
  });
});
