import assert from 'node:assert/strict';
import { Server } from 'node:net';
import type { ListenOptions } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { freePort } from '../servers/ports.ts';
import { until } from '../servers/wait.ts';

/** Opens this port only after `before` has resolved; further sockets on the same port are opened immediately. */
function openLate(t: TestContext, port: number, before: () => Promise<unknown>): void {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its server
  const { listen } = Server.prototype;
  let isOpening = false;
  const open = function (this: Server, options: ListenOptions, onListening: () => void): Server {
    if (options.port !== port || isOpening) return listen.call(this, options, onListening);
    isOpening = true;
    before().then(
      () => listen.call(this, options, onListening),
      (error: unknown) => this.emit('error', error),
    );
    return this;
  };
  t.mock.method(Server.prototype, 'listen', open as typeof listen);
}

test('a call with a wrong token while the ports are opened is refused and has no other effect', async (t) => {
  await using qbittorrent = await startQbittorrentSimulator();
  await using ntfy = await startNtfySimulator();
  const [hookPort, opsPort] = [await freePort(), await freePort()];
  const statuses: number[] = [];
  openLate(t, opsPort, async () => {
    const url = `http://127.0.0.1:${hookPort}/track?hash=${'a'.repeat(40)}`;
    const headers = { authorization: 'Bearer wrong' };
    statuses.push((await fetch(url, { method: 'POST', headers })).status);
  });
  // An unhandled rejection would end the process; here it fails the test.
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    HOOK_TOKEN: 'planted-token',
    HOOK_PORT: String(hookPort),
    OPS_PORT: String(opsPort),
    AUTO_INSTALL_HOOK: 'true',
  });
  try {
    const line = () => String(qbittorrent.preferences['autorun_on_torrent_added_program']);
    await until('the hook is there', () => line().includes(`localhost:${hookPort}/track`));
    assert.deepEqual(statuses, [401]);
    assert.equal(qbittorrent.logins, 1);
  } finally {
    await sidecar.stop();
  }
});
