import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from './ports.ts';

/** A process that claims a port, prints it, and stays. */
const PROGRAM = `
  import { freePort } from ${JSON.stringify(join(import.meta.dirname, 'ports.ts'))};
  console.log(await freePort());
  setInterval(() => {}, 1000);
`;

test('a port that another test process uses is free again when that process has ended', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const theirs = Number(printed.toString());
  /** The next port is the first to be tried. */
  const chooseTheirs = () =>
    t.mock.method(Math, 'random', () => (theirs - 20_000 + 0.5) / 12_000, { times: 1 });
  chooseTheirs();
  assert.notEqual(await freePort(), theirs);
  child.kill('SIGKILL');
  await ended;
  chooseTheirs();
  assert.equal(await freePort(), theirs);
});
