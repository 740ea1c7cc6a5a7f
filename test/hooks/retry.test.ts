/** A qBittorrent whose hooks could not be checked gets them later, without another login. */
import assert from 'node:assert/strict';
import { startSidecar } from '../support/sidecar.ts';
import { realTest, startProxy, startQbittorrent, startWebSeed, until } from '../servers/index.ts';
import type { QbittorrentGeneration } from '../servers/index.ts';

const GENERATIONS: QbittorrentGeneration[] = ['5.1', 'current'];

interface Status {
  hook: { state: string; reason: string | null };
}

for (const generation of GENERATIONS) {
  realTest(
    `on qBittorrent ${generation} the hook is installed after app/preferences failed once, and calls the sidecar`,
    { needs: [`qbittorrent ${generation}`, 'curl'] },
    async () => {
      await using stack = new AsyncDisposableStack();
      const qbittorrent = stack.use(await startQbittorrent(generation));
      const seed = stack.use(await startWebSeed());
      let refused = 0;
      const isFirst = ({ path }: { path: string }) => path.endsWith('app/preferences') && refused++ === 0;
      const proxy = stack.use(
        await startProxy(qbittorrent.url, { firewall: (request) => (isFirst(request) ? 500 : null) }),
      );
      const log: string[] = [];
      const sidecar = await startSidecar(
        {
          QBIT_HOST: proxy.url,
          QBIT_USER: qbittorrent.username,
          QBIT_PASS: qbittorrent.password,
          // Nothing listens there: the test is about the hook.
          NTFY_TOPIC: 'http://127.0.0.1:9/downloads',
          AUTO_INSTALL_HOOK: 'true',
        },
        log,
      );
      stack.defer(() => sidecar.stop());
      const get = async (path: string) => (await fetch(`http://127.0.0.1:${sidecar.ops.port}${path}`)).text();
      const hook = async () => (JSON.parse(await get('/status')) as Status).hook;
      await until('the hook is there', async () => (await hook()).state === 'idle.installed');
      assert.match(await get('/metrics'), /^qbit_ntfy_hook_state\{state="installed"\} 1$/m);
      assert.equal(log.filter((line) => line.includes('could not check the hook')).length, 1);

      assert.deepEqual(
        proxy.requests
          .filter(({ path }) => path.endsWith('references'))
          .map(({ path, status }) => [path, status]),
        [
          ['/api/v2/app/preferences', 500],
          ['/api/v2/app/preferences', 200],
          ['/api/v2/app/setPreferences', 200],
          ['/api/v2/app/preferences', 200],
        ],
      );

      const torrent = seed.serve('late-hook.iso', 50_000);
      await qbittorrent.addTorrent(torrent.file);
      // Either may be first: the hook, or the scan after an installation.
      const called = /^qbit_ntfy_hook_requests_total\{hook="track",answer="(?:started|already)"\} 1$/m;
      await until('its hook has called', async () => called.test(await get('/metrics')));
      assert.equal(proxy.logins(), 1);
    },
  );
}
