import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { doctor } from '../../src/commands/doctor.ts';
import { installHook, uninstallHook } from '../../src/commands/hooks.ts';
import { createTerminal } from '../commands/terminal.ts';
import { TOPIC } from '../e2e/harness.ts';
import { startSidecar } from '../support/sidecar.ts';
import { freePort, realTest, startNtfy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration } from '../servers/index.ts';
import { assertDiagnosis, examine, NEEDS, temporaryFolder } from './setup.ts';

/** Nothing listens there: these tests are not about ntfy. */
const NOWHERE = 'http://127.0.0.1:9/downloads';

const envOf = ({ url, username, password }: Qbittorrent, changes: Record<string, string> = {}) => ({
  PATH: process.env['PATH'] ?? '',
  QBIT_HOST: url,
  QBIT_USER: username,
  QBIT_PASS: password,
  NTFY_TOPIC: NOWHERE,
  HOOK_PORT: '0',
  ...changes,
});

for (const generation of ['legacy', '5.1', 'current'] satisfies QbittorrentGeneration[]) {
  realTest(
    `on a fresh qBittorrent ${generation} the doctor names the missing hook, install-hook repairs it, and a download is tracked`,
    { needs: [`qbittorrent ${generation}`, 'ntfy current', 'curl'] },
    async () => {
      await using stack = new AsyncDisposableStack();
      const qbittorrent = stack.use(await startQbittorrent(generation));
      const ntfy = stack.use(await startNtfy('current'));
      const seed = stack.use(await startWebSeed({ rate: 2_000_000 }));
      const env = envOf(qbittorrent, {
        NTFY_TOPIC: `${ntfy.url}/${TOPIC}`,
        HOOK_PORT: String(await freePort()),
        STATE_DIR: temporaryFolder(stack),
      });
      const before = await (await qbittorrent.api('app/preferences')).text();

      const first = createTerminal(env);
      assert.equal(await doctor({ json: false }, first.terminal), 1);
      assert.match(first.out(), /^fail Hook when added +no command is set\n +do: Run `install-hook`/m);
      assert.match(first.out(), /First: Hook when added\.$/);
      assert.equal(await installHook({}, createTerminal(env).terminal), 0);
      const second = createTerminal(env);
      assert.equal(await doctor({ json: true }, second.terminal), 0, second.out());
      const { findings } = JSON.parse(second.out()) as { findings: Array<{ status: string }> };
      assert.ok(
        findings.every(({ status }) => status === 'ok'),
        second.out(),
      );
      assert.deepEqual(await ntfy.messages(TOPIC), []);

      const sidecar = await startSidecar({ ...env, OPS_PORT: '0' });
      stack.defer(() => sidecar.stop());
      const torrent = seed.serve('debian.iso', 4_000_000);
      await qbittorrent.addTorrent(torrent.file);
      await until('it is announced', async () =>
        (await ntfy.messages(TOPIC)).some(({ priority }) => priority === 4),
      );
      assert.match((await examine(env)).of('hook-port').found, /a sidecar listens/);

      await qbittorrent.remove(torrent.hash);
      assert.equal(await uninstallHook(createTerminal(env).terminal), 0);
      assert.equal(await (await qbittorrent.api('app/preferences')).text(), before);
    },
  );

  realTest(
    `qBittorrent ${generation}: a wrong password, a ban and a mapped port are distinguished`,
    { needs: [`qbittorrent ${generation}`] },
    async () => {
      await using stack = new AsyncDisposableStack();
      const qbittorrent = stack.use(await startQbittorrent(generation));
      const mapped = await mapPort(qbittorrent.port, stack);
      const env = { ...envOf(qbittorrent), NTFY_TOPIC: NOWHERE };
      const failing = async (changes: Record<string, string>) =>
        (await examine({ ...env, ...changes })).findings.find(({ status }) => status === 'fail');

      assert.match(
        (await failing({ QBIT_HOST: `http://127.0.0.1:${mapped}` }))?.advice ?? '',
        /port mapping/,
      );
      for (let tried = 0; tried < 5; tried += 1) {
        const wrong = await failing({ QBIT_PASS: 'planted-wrong' });
        assert.equal(wrong?.id, 'login');
        assert.match(wrong.found, /refused QBIT_USER and QBIT_PASS/);
      }
      const banned = await failing({});
      assert.equal(banned?.id, 'login');
      assert.match(banned.found, /has banned this address/);
    },
  );
}

/** As a container's `-p 9999:8080`: bytes are forwarded unchanged, the Host header contains the wrong port. */
async function mapPort(target: number, stack: AsyncDisposableStack): Promise<number> {
  const server = createServer((socket) => {
    const other = connect(target, '127.0.0.1');
    socket.pipe(other).pipe(socket);
    for (const end of [socket, other]) end.on('error', () => end.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

realTest(
  'a right API key is sufficient, a wrong one is reported',
  { needs: ['qbittorrent current'] },
  async () => {
    const key = 'qbt_plantedplantedplantedplantd1';
    await using qbittorrent = await startQbittorrent('current', { apiKey: key });
    const env = envOf(qbittorrent, { QBIT_USER: '', QBIT_PASS: '' });
    const right = await examine({ ...env, QBIT_API_KEY: key });
    assert.match(right.of('login').found, /QBIT_API_KEY is accepted/);
    assert.equal(right.of('hook-added').status, 'fail');
    const wrong = await examine({ ...env, QBIT_API_KEY: key.replace('1', '2') });
    assert.match(wrong.of('login').found, /refused QBIT_API_KEY/);
  },
);

realTest(
  'no login is needed where localhost bypasses authentication',
  { needs: ['qbittorrent legacy'] },
  async () => {
    await using qbittorrent = await startQbittorrent('legacy', { bypassLocalAuth: true });
    const diagnosis = await examine(envOf(qbittorrent, { QBIT_USER: '', QBIT_PASS: '' }));
    assert.match(diagnosis.of('login').found, /not required from this machine/);
  },
);

for (const generation of ['legacy', 'current'] as const) {
  realTest(
    `ntfy ${generation}: the doctor checks the permission to publish without publishing`,
    { needs: [`ntfy ${generation}`, 'qbittorrent current'] },
    async () => {
      await using qbittorrent = await startQbittorrent('current');
      await using ntfy = await startNtfy(generation, {
        auth: {
          users: [
            { name: 'writer', password: 'planted-writer', access: { [TOPIC]: 'write-only' } },
            { name: 'reader', password: 'planted-reader', access: { [TOPIC]: 'read-only' } },
          ],
        },
      });
      const env = envOf(qbittorrent, { NTFY_TOPIC: `${ntfy.url}/${TOPIC}`, DISCOVER: '60s' });
      const access = async (changes: Record<string, string>) =>
        (await examine({ ...env, ...changes })).of('ntfy-access');

      assert.equal((await access({ NTFY_TOKEN: ntfy.tokens['writer'] ?? '' })).status, 'ok');
      assert.equal((await access({ NTFY_USER: 'writer', NTFY_PASS: 'planted-writer' })).status, 'ok');
      assert.match((await access({ NTFY_TOKEN: ntfy.tokens['reader'] ?? '' })).found, /may not publish.*403/);
      assert.match((await access({})).found, /everyone, without credentials, may not publish.*403/);
      assert.match(
        (await access({ NTFY_USER: 'writer', NTFY_PASS: 'planted-wrong' })).found,
        /credentials \(401\)/,
      );
      const unknown = `tk_${'planted'.repeat(4)}1`;
      assertDiagnosis(await examine({ ...env, NTFY_TOKEN: unknown }), {
        fails: 'ntfy-access',
        found: /401/,
        advice: /NTFY_TOKEN/,
        skips: ['hook-program', 'ntfy-deletions', 'ntfy-limits'],
      });
      assert.deepEqual(await ntfy.messages(TOPIC), []);
      const { status } = (await examine({ ...env, NTFY_TOKEN: ntfy.tokens['writer'] ?? '' })).of(
        'ntfy-updates',
      );
      assert.equal(status, generation === 'legacy' ? 'warn' : 'ok');
    },
  );
}

realTest(
  'a real quota that is used up is reported, although nothing is published',
  { needs: ['ntfy current'] },
  async () => {
    await using ntfy = await startNtfy('current', { requestLimit: { dailyMessages: 2 } });
    const topic = `${ntfy.url}/${TOPIC}`;
    for (const body of ['one', 'two']) await fetch(topic, { method: 'POST', body });
    const diagnosis = await examine({ NTFY_TOPIC: topic, QBIT_HOST: 'http://127.0.0.1:9', HOOK_PORT: '0' });
    assert.deepEqual(diagnosis.with('fail'), ['qbittorrent', 'ntfy-limits']);
    assert.deepEqual(diagnosis.with('skip'), NEEDS.qbittorrent);
    assert.equal((await ntfy.messages(TOPIC)).length, 2);
  },
);
