/** The contents of the image. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { baseNames } from './bases.ts';
import { buildForeignImage, FOREIGN_IMAGE, IMAGE } from './image.ts';
import { imageTest } from './image-test.ts';
import type { Room } from './room.ts';

async function inspect<T>(room: Room, image: string): Promise<T> {
  const [found] = JSON.parse(await room.podman('image', 'inspect', image)) as T[];
  assert.ok(found);
  return found;
}

interface Inspected {
  Size: number;
  Architecture: string;
  Healthcheck: { Test: string[] };
  RootFS: { Layers: string[] };
  Config: {
    User: string;
    Env: string[];
    Entrypoint: string[];
    Cmd: string[] | null;
    Volumes: Record<string, unknown>;
    ExposedPorts: Record<string, unknown>;
    Labels: Record<string, string>;
  };
}

imageTest(
  'the image adds one layer to its base: the bundle and an empty folder, below 2 MB',
  {},
  async (room) => {
    const [image, base] = await Promise.all([
      inspect<Inspected>(room, IMAGE),
      inspect<Inspected>(room, baseNames.runtime),
    ]);
    assert.deepEqual(image.RootFS.Layers.slice(0, -1), base.RootFS.Layers);
    assert.ok(image.Size - base.Size < 2_000_000, `${image.Size - base.Size} bytes`);
    const added = (await room.podman('image', 'diff', IMAGE)).split('\n').toSorted();
    assert.deepEqual(added, ['A /app', 'A /app/sidecar.js', 'A /state']);
  },
);

imageTest('the image has labels, a user and a health check', {}, async (room) => {
  const { Config: config, Healthcheck: check } = await inspect<Inspected>(room, IMAGE);
  assert.equal(config.User, '65532:65532');
  assert.deepEqual(Object.keys(config.ExposedPorts), ['9090/tcp', '9091/tcp']);
  assert.deepEqual(Object.keys(config.Volumes), ['/state']);
  assert.equal(config.Entrypoint[0], '/nodejs/bin/node');
  assert.equal(config.Entrypoint.at(-1), '/app/sidecar.js');
  assert.deepEqual(check.Test, ['CMD', '/nodejs/bin/node', '/app/sidecar.js', 'healthcheck']);
  const label = (name: string) => config.Labels[`org.opencontainers.image.${name}`];
  const { name, license } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.equal(label('title'), name);
  assert.equal(label('licenses'), license);
  assert.equal(label('version'), '1.2.3');
  assert.equal(label('base.name'), baseNames.runtime);
  assert.ok(label('description'));
});

imageTest(
  'the image is built for other processors without running their programs',
  {},
  async (room, means) => {
    await buildForeignImage(room, means);
    assert.equal((await inspect<Inspected>(room, FOREIGN_IMAGE)).Architecture, 'arm64');
  },
);
