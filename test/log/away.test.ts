import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { scrape } from '../metrics/samples.ts';
import { until } from '../servers/wait.ts';

test('a sidecar whose servers are both away says each once, and each once more when it is back', async () => {
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
  const hash = qbittorrent.addTorrent({ fate: 'stuck' });
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
    () => said('qBittorrent answers again') + said('ntfy takes messages again') === 2,
  );
  assert.equal(said('could not ask qBittorrent'), 1);
  assert.equal(said('could not reach the phone, trying again'), 1);
});
