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
  const said = (message: string) => log.filter((line) => line.includes(`"${message}"`)).length;
  const counted = async (series: string) => (await scrape(sidecar)).get(series) ?? 0;
  await until('there is a session', async () => (await counted('qbit_ntfy_session_ready')) === 1);
  const mend = ntfy.fail(/^POST \/$/, { kind: 'close' });
  const hash = qbittorrent.addTorrent({ scenario: 'stalled' });
  await fetch(`http://127.0.0.1:${sidecar.hook.port}/track?hash=${hash}`, { method: 'POST' });
  await until(
    'ntfy was tried twice',
    async () => (await counted('qbit_ntfy_ntfy_requests_total{result="unreachable"}')) >= 2,
  );
  await qbittorrent.goOffline();
  const inVain = 'qbit_ntfy_qbittorrent_requests_total{call="observe",result="unreachable"}';
  await until('qBittorrent was asked twice', async () => (await counted(inVain)) >= 2);
  await qbittorrent.goOnline();
  mend();
  await until(
    'both are back',
    () => said('qBittorrent is available again') + said('ntfy is available again') === 2,
  );
  assert.equal(said('request to qBittorrent failed'), 1);
  assert.equal(said('request to ntfy failed, retrying'), 1);
});
