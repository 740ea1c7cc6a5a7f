/**
 * qBittorrent starts the line without a shell: the environment of its children decides whether curl and wget use a
 * proxy.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installHook } from '../../src/commands/hooks.ts';
import { createTerminal } from '../commands/terminal.ts';
import { putCaller } from '../debian/callers.ts';
import type { Caller } from '../debian/callers.ts';
import { serve } from '../http/server.ts';
import { startForwardProxy } from '../servers/forward-proxy.ts';
import { createMagnet, realTest, startQbittorrent, until } from '../servers/index.ts';
import type { Qbittorrent, QbittorrentGeneration, Suite } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';

/** The lines as earlier versions wrote them, without the option that bypasses proxies. */
const OLD: Record<Caller, string> = {
  curl: 'curl -fsS -m 5 -X POST',
  'GNU wget': 'wget -q -O /dev/null -t 1 --post-data=',
  'BusyBox wget': 'wget -q -O /dev/null -t 1 --post-data=',
};
const CALLERS: Caller[] = ['curl', 'GNU wget', 'BusyBox wget'];

/** A qBittorrent whose children use a proxy, with the requests to it and to the sidecar. */
async function setScene(generation: QbittorrentGeneration, suite: Suite, source: 'options' | 'environment') {
  await using stack = new AsyncDisposableStack();
  const sidecar = stack.use(await serve((_, outgoing) => outgoing.end('ok')));
  const proxy = stack.use(await startForwardProxy());
  const bin = temporaryFolder('callers');
  stack.defer(() => removeFolder(bin));
  for (const caller of CALLERS) await putCaller(bin, suite, caller);
  const proxies = { http_proxy: proxy.url, all_proxy: proxy.url, ALL_PROXY: proxy.url };
  const env = { PATH: `${bin}:${process.env['PATH']}`, ...(source === 'environment' && proxies) };
  const qbittorrent = stack.use(await startQbittorrent(generation, { env }));
  if (source === 'options') await setProxy(qbittorrent, proxy.port);
  const owned = stack.move();
  return {
    sidecar,
    proxy,
    qbittorrent,
    use: (caller: Caller) => putCaller(bin, suite, caller),
    add: () => qbittorrent.addMagnets([createMagnet(randomBytes(20).toString('hex'))]),
    /** Calls of the hook that reached the proxy. */
    stray: () => proxy.requests.filter((request) => request.includes('/track?hash=')),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** 4.5 passes it to its children at once, 5.1 as soon as the search tab is opened; later ones never do. */
async function setProxy(qbittorrent: Qbittorrent, port: number): Promise<void> {
  const proxy_type = qbittorrent.generation === 'legacy' ? 1 : 'HTTP';
  await qbittorrent.setPreferences({ proxy_type, proxy_ip: '127.0.0.1', proxy_port: port });
  const answer = await qbittorrent.api('search/plugins');
  assert.equal(answer.status, 200);
}

const SCENES: Array<[QbittorrentGeneration, Suite, 'options' | 'environment']> = [
  ['legacy', 'bookworm', 'options'],
  ['5.1', 'forky', 'options'],
  ['5.1', 'bookworm', 'environment'],
  ['current', 'forky', 'environment'],
];

for (const [generation, suite, source] of SCENES) {
  realTest(
    `with a proxy in the ${source} of qBittorrent ${generation}, the hook bypasses it, by curl and by either wget (${suite})`,
    { needs: [`qbittorrent ${generation}`, 'callers'] },
    async () => {
      await using scene = await setScene(generation, suite, source);
      const { qbittorrent, sidecar, proxy } = scene;
      const rc = `proxy = "${proxy.url}"\nheader = "X-From: curlrc"\n`;
      await writeFile(join(qbittorrent.profile, '.curlrc'), rc);
      await writeFile(join(qbittorrent.profile, '.wgetrc'), `http_proxy = ${proxy.url}\nuse_proxy = on\n`);
      const { url, username, password } = qbittorrent;
      const env = { QBIT_HOST: url, QBIT_USER: username, QBIT_PASS: password, NTFY_TOPIC: 'downloads' };
      for (const caller of CALLERS) {
        await scene.use(caller);
        await qbittorrent.setAddedHook(`${OLD[caller]} "${sidecar.url}track?hash=%K"`);
        await scene.add();
        await until(`${caller} is led astray`, () => scene.stray().length === 1);
        await until('the proxy has handed it on', () => sidecar.requests.length === 1);

        const tool = caller === 'curl' ? 'curl' : 'wget';
        const install = createTerminal({ ...env, HOOK_URL: sidecar.url, HOOK_TOKEN: 'a-token' });
        assert.equal(await installHook({ tool }, install.terminal), 0, install.all());
        await scene.add();
        await until(`${caller} calls`, () => sidecar.requests.length === 2);
        assert.equal(scene.stray().length, 1, `${caller} went to the proxy`);
        const call = sidecar.requests[1];
        assert.equal(call?.method, 'POST');
        assert.match(call?.url ?? '', /^\/track\?hash=[0-9a-f]{40}$/);
        assert.equal(call?.headers.authorization, 'Bearer a-token');
        assert.equal(call?.headers['x-from'], undefined);
        proxy.requests.length = 0;
        sidecar.requests.length = 0;
      }
    },
  );
}

realTest(
  'around the asterisk, qBittorrent removes double quotes and keeps single quotes',
  { needs: ['qbittorrent legacy', 'qbittorrent current', 'callers'] },
  async () => {
    for (const [generation, suite, source] of [SCENES[0], SCENES[3]].filter((scene) => scene !== undefined)) {
      await using scene = await setScene(generation, suite, source);
      const { qbittorrent, sidecar } = scene;
      const call = (quoted: string) =>
        qbittorrent.setAddedHook(`curl -X POST --noproxy ${quoted} "${sidecar.url}track?hash=%K"`);
      await call('"*"');
      await scene.add();
      await until('it called', () => sidecar.requests.length === 1);
      assert.deepEqual(scene.stray(), []);
      await call("'*'");
      await scene.add();
      await until('it called', () => scene.stray().length === 1);
    }
  },
);
