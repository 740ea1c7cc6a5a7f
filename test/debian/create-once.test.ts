import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder } from '../servers/processes.ts';

/** Makes a file, slowly enough for the other processes to need it, too, and prints which file it then uses. */
const PROGRAM = `
  import { appendFileSync, statSync, writeFileSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  import { createOnce } from ${JSON.stringify(join(import.meta.dirname, 'create-once.ts'))};
  const [file, log] = process.argv.slice(1);
  await createOnce(file, async (half) => {
    writeFileSync(half, '');
    appendFileSync(log, 'created\\n');
    await setTimeout(1000);
  });
  console.log(statSync(file).ino);
`;

test('processes that need the same program at the same time make it once, and none replaces it', async () => {
  const folder = temporaryFolder('once');
  const [file, log] = [join(folder, 'program'), join(folder, 'log')];
  const args = ['--input-type=module', '--eval', PROGRAM, file, log];
  const runs = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args));
  const used = (await Promise.all(runs)).map(({ stdout }) => stdout);
  assert.equal(readFileSync(log, 'utf8'), 'created\n');
  assert.equal(new Set(used).size, 1);
});
