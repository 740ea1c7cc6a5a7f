import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../http/server.ts';
import { examine, startSetup } from './setup.ts';

const LOGIN = { QBIT_BASIC_USER: 'phone', QBIT_BASIC_PASS: 'planted-proxy-pass' };

/** A proxy that requires a login, and rejects every login. */
const startGuard = () =>
  serve((_, outgoing) =>
    outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('<html>401</html>'),
  );

test('a login for a proxy is reported with its settings', async () => {
  await using setup = await startSetup();
  await using guard = await startGuard();
  const { advice } = (await examine({ ...setup.env, QBIT_HOST: guard.url })).of('qbittorrent');
  assert.match(advice ?? '', /QBIT_BASIC_USER and QBIT_BASIC_PASS/);
});

test("a proxy's login that is refused is sent once, and never printed", async () => {
  await using setup = await startSetup();
  await using guard = await startGuard();
  const diagnosis = await examine({ ...setup.env, ...LOGIN, QBIT_HOST: guard.url });
  assert.deepEqual(diagnosis.with('fail'), ['qbittorrent']);
  assert.match(diagnosis.of('qbittorrent').found, /the proxy .* refused the user name and password/);
  assert.equal(guard.requests.length, 1);
  assert.doesNotMatch(JSON.stringify(diagnosis.of('qbittorrent')), /planted/);
});

test("a proxy's login that reaches qBittorrent is counted there once, and the doctor names the header to remove", async () => {
  await using setup = await startSetup();
  const host = setup.qbittorrent.url.replace('://', '://phone:planted-proxy-pass@');
  const diagnosis = await examine({ ...setup.env, QBIT_HOST: host });
  assert.deepEqual(diagnosis.with('fail'), ['qbittorrent']);
  assert.match(diagnosis.of('qbittorrent').advice ?? '', /proxy_set_header Authorization/);
  assert.equal(setup.qbittorrent.requests.length, 1);
  assert.doesNotMatch(JSON.stringify(diagnosis.of('qbittorrent')), /planted/);
});
