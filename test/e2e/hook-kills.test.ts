/** The shipped sidecar is killed shortly after it has answered hooks: no torrent whose hook was answered is lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBundle } from '../../src/development/bundle.ts';
import { callHook } from '../bench/lib/hook-call.ts';
import { launch } from '../bench/lib/subjects.ts';
import { freePort } from '../servers/index.ts';
import { removeFolder, temporaryFolder, untilAnswering } from '../servers/processes.ts';
import { hashOf, reopen } from '../store/fixtures.ts';

const CALLS = 300;

/** Milliseconds from the last counted answer to the kill. */
const DELAY = 50;

/**
 * All calls are made at once. The process is killed after so many answers; returns the hashes whose call was answered with
 * 200, and the stored ones.
 */
async function killAfter(answers: number, path: '/track' | '/finished') {
  const home = temporaryFolder('hook-kills');
  const port = await freePort();
  const env = {
    HOOK_PORT: String(port),
    OPS_PORT: String(await freePort()),
    OPS_HOST: '127.0.0.1',
    // Nothing listens there: the torrents stay as their hooks have left them.
    QBIT_HOST: 'http://127.0.0.1:9',
    QBIT_USER: 'admin',
    QBIT_PASS: 'adminadmin',
    NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
  };
  const sidecar = launch({ file: await ensureBundle(), env }, home);
  try {
    await untilAnswering(sidecar, `http://127.0.0.1:${port}/`);
    const answered: string[] = [];
    const enough = Promise.withResolvers<void>();
    const calls = Array.from({ length: CALLS }, async (_, n) => {
      if (!(await callHook(port, hashOf(n), path))) return;
      answered.push(hashOf(n));
      if (answered.length === answers) enough.resolve();
    });
    await Promise.race([enough.promise, Promise.all(calls)]);
    await sleep(answers === CALLS ? DELAY : 0);
    process.kill(sidecar.pid, 'SIGKILL');
    await Promise.all([...calls, sidecar.stop()]);
    const stored = new Map(reopen(home).records.map((record) => [record.key, record]));
    return { answered, stored };
  } finally {
    await sidecar.stop();
    await removeFolder(home);
  }
}

describe('a sidecar that is killed', () => {
  for (const answers of [1, 40, 150, CALLS])
    test(`after ${answers} of ${CALLS} answers keeps each torrent that it has answered for`, async (t) => {
      const { answered, stored } = await killAfter(answers, '/track');
      t.diagnostic(`${answered.length} answered, ${stored.size} stored`);
      assert.ok(answered.length >= answers);
      assert.deepEqual(
        answered.filter((hash) => !stored.has(hash)),
        [],
      );
    });

  test('after the answers for finished torrents knows that they are finished', async () => {
    const { answered, stored } = await killAfter(40, '/finished');
    assert.ok(answered.length >= 40);
    assert.deepEqual(
      answered.filter((hash) => typeof stored.get(hash)?.finishHookAt !== 'number'),
      [],
    );
  });
});
