import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { scrape } from '../metrics/samples.ts';
import { until } from '../servers/wait.ts';

test('two servers that are unavailable are logged once each, and once more when they are available again', async () => {
  await using qbittorrent = await startQbittorrentSimulator();
  await using ntfy = await startNtfySimulator();
  const log: string[] = [];
  const sidecar = await startSidecar(
    {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/downloads`,
    },
    log,
  );
  await using stack = new AsyncDisposableStack();
  stack.defer(() => sidecar.stop());
  const logged = (message: string) => log.filter((line) => line.includes(`"${message}"`)).length;
  const counted = async (series: string) => (await scrape(sidecar)).get(series) ?? 0;
  await until('there is a session', async () => (await counted('qbit_ntfy_session_ready')) === 1);
  const endFault = ntfy.fail(/^POST \/$/, { kind: 'close' });
  const hash = qbittorrent.addTorrent({ scenario: 'stalled' });
  await fetch(`http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
  await until(
    'ntfy received two requests',
    async () => (await counted('qbit_ntfy_ntfy_requests_total{result="unreachable"}')) >= 2,
  );
  await qbittorrent.goOffline();
  const unreachable = 'qbit_ntfy_qbittorrent_requests_total{call="observe",result="unreachable"}';
  await until('qBittorrent received two requests', async () => (await counted(unreachable)) >= 2);
  await qbittorrent.goOnline();
  endFault();
  await until(
    'both are available again',
    () => logged('qBittorrent is available again') + logged('ntfy is available again') === 2,
  );
  assert.equal(logged('request to qBittorrent failed'), 1);
  assert.equal(logged('request to ntfy failed, retrying'), 1);
});
