/** How the image runs. */
import assert from 'node:assert/strict';
import { freePort, until } from '../servers/index.ts';
import { runOnce, startContainer } from './container.ts';
import { imageTest } from './image-test.ts';
import { NOWHERE, ports } from './settings.ts';

imageTest('the image has no shell, and its entry point runs the commands', {}, async (room) => {
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
  'the container runs as 65532 without capabilities, is healthy, and ends with 0 at SIGTERM',
  {},
  async (room) => {
    await using container = await startContainer(room, { env: { ...NOWHERE, ...(await ports()) } });
    await until('it is healthy', () => container.isHealthy(), { every: 1000 });
    const status = await container.evaluate(`process.stdout.write(fs.readFileSync('/proc/1/status'))`);
    const valueOf = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    assert.equal(valueOf('Uid'), '65532\t65532\t65532\t65532');
    assert.equal(valueOf('Gid'), '65532\t65532\t65532\t65532');
    assert.match(valueOf('CapEff') ?? '', /^0+$/);
    assert.match(valueOf('CapBnd') ?? '', /^0+$/);
    assert.equal(valueOf('NoNewPrivs'), '1');
    const limits = await container.evaluate(`process.stdout.write(fs.readFileSync('/proc/1/limits'))`);
    assert.match(limits, /^Max core file size +0 +0 +bytes/m);
    // In the sidecar's container, without its permission model: the test is about the user and the read-only root.
    const paths = ['/x', '/app/x', '/etc/x', '/nodejs/x', '/state/x'];
    assert.equal(await container.evaluate(tryToWrite(paths)), '/state/x');
    assert.equal(await container.evaluate(tryToWriteBySqlite(paths)), '/state/x.sqlite');
    assert.equal(await container.stop(), 0);
    assert.match(await container.log(), /"stopping"/);
  },
);

/** Prints the writable paths. */
const tryToWrite = (paths: readonly string[]) =>
  `for (const path of ${JSON.stringify(paths)}) try { fs.writeFileSync(path, ''); console.log(path) } catch {}`;

/** The same with node:sqlite, which is not subject to the permission model. */
const tryToWriteBySqlite = (paths: readonly string[]) =>
  `for (const path of ${JSON.stringify(paths.map((path) => `${path}.sqlite`))}) try {
     new (require('node:sqlite').DatabaseSync)(path).exec('create table t (a)'); console.log(path) } catch {}`;

imageTest(
  'file functions can write only to /state, even where the file system would allow more',
  {},
  async (room) => {
    const env = { ...NOWHERE, ...(await ports()), STATE_DIR: '/tmp/elsewhere' };
    await using container = await startContainer(room, { env, options: ['--read-only=false'] });
    await until('the log shows it', async () => (await container.log()).includes('ERR_ACCESS_DENIED'), {
      every: 1000,
    });
    await until('it runs all the same', () => container.isHealthy(), { every: 1000 });
    assert.equal(await container.evaluate(`console.log(fs.existsSync('/tmp/elsewhere'))`), 'false');
  },
);

imageTest('any user can store the state in a new volume', {}, async (room) => {
  for (const [user, name] of [
    ['1000:1000', 'a'],
    ['0:0', 'b'],
  ] as const) {
    const options = [`--user=${user}`, `--volume=state-${name}:/state`];
    await using container = await startContainer(room, { env: { ...NOWHERE, ...(await ports()) }, options });
    await until('it is healthy', () => container.isHealthy(), { every: 1000 });
    assert.match(await container.evaluate(`console.log(fs.readdirSync('/state'))`), /sidecar\.sqlite/);
    assert.doesNotMatch(await container.log(), /only in memory/);
  }
});
