import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  startNtfy,
  startQbittorrent,
  startWebSeed,
  freePort,
  until,
  visibleCards,
} from '../servers/index.ts';
import { baseNames } from './bases.ts';
import { runOnce, startContainer } from './container.ts';
import { buildForeignImage, FOREIGN_IMAGE, IMAGE } from './image.ts';
import { imageTest } from './image-test.ts';
import type { Room } from './room.ts';
import { createSettings, NOWHERE, ports, TOPIC } from './settings.ts';

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

imageTest('the image says what it is, who runs it and how its health is asked', {}, async (room) => {
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

imageTest('it is built for other processors without running anything of theirs', {}, async (room, means) => {
  await buildForeignImage(room, means);
  assert.equal((await inspect<Inspected>(room, FOREIGN_IMAGE)).Architecture, 'arm64');
});

imageTest('it has no shell, and its commands stand behind its name', {}, async (room) => {
  for (const shell of ['/bin/sh', '/bin/bash', '/busybox/sh']) {
    assert.equal((await runOnce(room, [], { options: [`--entrypoint=${shell}`] })).status, 127);
  }
  const help = await runOnce(room, ['--help']);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /serve[^]*doctor[^]*install-hook[^]*test-notification[^]*healthcheck/);
  const empty = await runOnce(room, []);
  assert.equal(empty.status, 78);
  assert.match(empty.stderr, /NTFY_TOPIC is missing/);
  const alone = await runOnce(room, ['healthcheck'], { env: { OPS_PORT: String(await freePort()) } });
  assert.equal(alone.status, 1);
});

imageTest(
  'it runs as 65532 without capabilities, is healthy, and ends with 0 at SIGTERM',
  {},
  async (room) => {
    await using container = await startContainer(room, { env: { ...NOWHERE, ...(await ports()) } });
    await until('it is healthy', () => container.isHealthy());
    const status = await container.evaluate(`process.stdout.write(fs.readFileSync('/proc/1/status'))`);
    const valueOf = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    assert.equal(valueOf('Uid'), '65532\t65532\t65532\t65532');
    assert.equal(valueOf('Gid'), '65532\t65532\t65532\t65532');
    assert.match(valueOf('CapEff') ?? '', /^0+$/);
    assert.match(valueOf('CapBnd') ?? '', /^0+$/);
    assert.equal(valueOf('NoNewPrivs'), '1');
    assert.equal(await container.evaluate(tryToWrite(['/x', '/app/x', '/etc/x', '/state/x'])), '/state/x');
    assert.equal(await container.stop(), 0);
    assert.match(await container.log(), /"stopping"/);
  },
);

/** Prints what could be written. */
const tryToWrite = (paths: readonly string[]) =>
  `for (const path of ${JSON.stringify(paths)}) try { fs.writeFileSync(path, ''); console.log(path) } catch {}`;

imageTest('it writes nowhere but to /state, even where the file system would let it', {}, async (room) => {
  const env = { ...NOWHERE, ...(await ports()), STATE_DIR: '/tmp/elsewhere' };
  await using container = await startContainer(room, { env, options: ['--read-only=false'] });
  await until('it says so', async () => (await container.log()).includes('ERR_ACCESS_DENIED'));
  await until('it runs all the same', () => container.isHealthy());
  assert.equal(await container.evaluate(`console.log(fs.existsSync('/tmp/elsewhere'))`), 'false');
});

imageTest('any user can keep the state in a new volume', {}, async (room) => {
  for (const [user, name] of [
    ['1000:1000', 'a'],
    ['0:0', 'b'],
  ] as const) {
    const options = [`--user=${user}`, `--volume=state-${name}:/state`];
    await using container = await startContainer(room, { env: { ...NOWHERE, ...(await ports()) }, options });
    await until('it is healthy', () => container.isHealthy());
    assert.match(await container.evaluate(`console.log(fs.readdirSync('/state'))`), /sidecar\.sqlite/);
    assert.doesNotMatch(await container.log(), /only in memory/);
  }
});

imageTest(
  'in the image a real download is followed from the hook that it installed to one loud completion, over a kill',
  { needs: ['qbittorrent current', 'ntfy current', 'curl'] },
  async (room) => {
    await using qbittorrent = await startQbittorrent('current');
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    await using seed = await startWebSeed({ rate: 2_000_000 });
    const run = await createSettings(room, qbittorrent, ntfy);
    const torrent = seed.serve('debian.iso', 12_000_000);
    {
      await using first = await startContainer(room, run);
      await until('the hook is installed', async () => (await first.log()).includes('installed the hook'));
      await qbittorrent.addTorrent(torrent.file);
      await until('a card shows', async () => (await ntfy.messages(TOPIC)).length > 0);
      await first.kill();
    }
    await using second = await startContainer(room, run);
    await until('the completion alone is left', async () => {
      const cards = visibleCards(await ntfy.messages(TOPIC));
      return cards.length === 1 && cards[0]?.title === 'Download Complete';
    });
    const loud = (await ntfy.messages(TOPIC)).filter(({ priority }) => priority === 4);
    assert.equal(loud.length, 1);
    assert.equal(loud[0]?.sequence_id, `qbit-${torrent.hash}-done`);
    assert.doesNotMatch(await second.log(), /only in memory/);
    assert.ok(!(await second.log()).includes(qbittorrent.password));
    assert.equal(await second.stop(), 0);
  },
);

imageTest(
  'doctor, install-hook, uninstall-hook and test-notification work in the image',
  { needs: ['qbittorrent current', 'ntfy current'] },
  async (room) => {
    await using qbittorrent = await startQbittorrent('current');
    await using ntfy = await startNtfy('current', { requestLimit: 'none' });
    const run = await createSettings(room, qbittorrent, ntfy);
    const hookOf = async () => {
      const answer = await qbittorrent.api('app/preferences');
      const preferences = (await answer.json()) as Record<string, unknown>;
      return preferences['autorun_on_torrent_added_program'];
    };
    assert.equal((await runOnce(room, ['install-hook'], run)).status, 0);
    const expected = `curl -fsS -m 5 -X POST "http://localhost:${run.env.HOOK_PORT}/track?hash=%K"`;
    assert.equal(await hookOf(), expected);
    const doctor = await runOnce(room, ['doctor'], run);
    assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
    assert.doesNotMatch(doctor.stdout, /fail|skip/);
    assert.equal((await runOnce(room, ['test-notification'], run)).status, 0);
    assert.equal(visibleCards(await ntfy.messages(TOPIC)).length, 1);
    assert.equal((await runOnce(room, ['uninstall-hook'], run)).status, 0);
    assert.equal(await hookOf(), '');
  },
);
