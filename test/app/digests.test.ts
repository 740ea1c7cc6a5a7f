import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, digestsOf } from '../../src/app/digest-status.ts';
import { completeNow, download, hashOf, nameOf, startDigests } from '../machines/digest/scene.ts';
import { startApp } from '../page/setup.ts';
import { REMOTE } from '../page/sign-in.ts';

test('the status lists the digests with their newest names, and /digest all of them', async () => {
  const world = await startDigests();
  await download(world, 1, 40);
  await completeNow(world, 1, 40);
  const [digest, ...others] = digestsOf(world.supervisor);
  assert.ok(digest !== undefined && others.length === 0);
  assert.deepEqual(
    { ...digest, id: '', since: '', until: '' },
    {
      id: '',
      about: 'completions',
      open: true,
      lines: 40,
      delivered: 40,
      since: '',
      until: '',
      newest: Array.from({ length: 10 }, (_, index) => ({
        key: hashOf(40 - index),
        name: nameOf(40 - index),
      })),
    },
  );
  const whole = JSON.parse(JSON.stringify(digestOf(world.supervisor, digest.id))) as {
    all: { name: string }[];
  };
  assert.deepEqual(
    whole.all.map(({ name }) => name),
    Array.from({ length: 40 }, (_, index) => nameOf(40 - index)),
  );
});

test('/digest requires the same access as /status, and answers 404 if there is no such digest', async (t) => {
  const world = await startDigests();
  await download(world, 1, 5);
  await completeNow(world, 1, 5);
  const { call } = startApp(t, null, world);
  const id = digestsOf(world.supervisor)[0]?.id ?? '';
  const read = async (path: string, address?: string) =>
    (await call(path, { headers: { host: 'localhost:9091' } }, address)).status;
  assert.equal(await read(`/digest?id=${id}`), 200);
  for (const path of ['/digest', '/digest?id=', '/digest?id=d0', '/digest?id=__proto__'])
    assert.equal(await read(path), 404, path);
  assert.equal(await read(`/digest?id=${id}`, REMOTE), 403);
});
