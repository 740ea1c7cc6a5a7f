/** The tests' own web seed, without a qBittorrent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWebSeed } from './seed.ts';

test('the web seed serves the same torrent for the same name and size, whole or in ranges', async () => {
  await using seed = await startWebSeed();
  const torrent = seed.serve('name', 200_000);
  assert.equal(seed.serve('name', 200_000).hash, torrent.hash);
  assert.notEqual(seed.serve('other', 200_000).hash, torrent.hash);
  const whole = await (await fetch(`${seed.url}/0/file`)).bytes();
  const part = await fetch(`${seed.url}/0/file`, { headers: { range: 'bytes=16000-199999' } });
  assert.equal(part.status, 206);
  assert.deepEqual(await part.bytes(), whole.subarray(16_000));
});

test('a paused web seed holds its downloads until it is resumed', async () => {
  await using seed = await startWebSeed();
  seed.serve('name', 50_000);
  seed.pause();
  let done = false;
  const download = fetch(`${seed.url}/0/file`)
    .then((answer) => answer.bytes())
    .then((bytes) => {
      done = true;
      return bytes.length;
    });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(done, false);
  seed.resume();
  assert.equal(await download, 50_000);
});

test('a held torrent stays open without its last bytes until it is released, and others do not wait for it', async () => {
  await using seed = await startWebSeed();
  const held = seed.serve('held', 200_000);
  seed.serve('other', 200_000);
  seed.hold(held);
  const kept = Promise.withResolvers<void>();
  let received = 0;
  const download = fetch(`${seed.url}/0/file`).then(async ({ body }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      received += chunk.length;
      // After its whole blocks of 16 KB, the first bytes of the held one.
      if (received > 196_608) kept.resolve();
    }
    return Buffer.concat(chunks);
  });
  await kept.promise;
  assert.equal((await (await fetch(`${seed.url}/1/file`)).bytes()).length, 200_000);
  assert.ok(received < 199_000, `${received} bytes`);
  seed.release(held);
  assert.deepEqual(new Uint8Array(await download), await (await fetch(`${seed.url}/0/file`)).bytes());
});
