/** A company network: ntfy by https only, through a proxy with a password, its certificate from a private authority. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureBundle } from '../../src/development/bundle.ts';
import { createAuthority } from '../http/certificates.ts';
import { createSidecarProcess } from '../chaos/sidecar.ts';
import { startForwardProxy } from '../servers/forward-proxy.ts';
import {
  freePort,
  realTest,
  startNginx,
  startNtfy,
  startQbittorrent,
  startWebSeed,
  until,
} from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { TOPIC } from './harness.ts';

const NAME = 'ntfy.example.org';
const TUNNEL = `CONNECT ${NAME}:443`;

/** The output of a command. */
async function run(command: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [await ensureBundle(), command], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(child.stdout);
}

realTest(
  'ntfy behind nginx with https, a proxy and a private authority: a download is announced once, and qBittorrent is requested directly',
  { needs: ['qbittorrent current', 'ntfy current', 'nginx', 'curl'] },
  async () => {
    await using stack = new AsyncDisposableStack();
    const qbittorrent = stack.use(await startQbittorrent('current'));
    const ntfy = stack.use(await startNtfy('current'));
    const seed = stack.use(await startWebSeed({ rate: 2_000_000 }));
    const authority = createAuthority();
    const { key, cert } = authority.issue({ names: [NAME] });
    const nginx = stack.use(
      await startNginx({
        listen: 'ssl',
        server: `ssl_certificate cert.pem; ssl_certificate_key key.pem; location / { proxy_pass ${ntfy.url}; }`,
        files: { 'cert.pem': cert, 'key.pem': key },
      }),
    );
    const credentials = 'planted-user:planted p@ss';
    const proxy = stack.use(await startForwardProxy({ credentials, portOf: () => nginx.port }));
    const folder = temporaryFolder('authority');
    stack.defer(() => removeFolder(folder));
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    const address = `planted-user:planted%20p%40ss@127.0.0.1:${proxy.port}`;
    const hookPort = await freePort();
    const env = {
      PATH: process.env['PATH'] ?? '',
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      HTTPS_PROXY: `http://${address}`,
      HTTP_PROXY: `http://${address}`,
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `https://${NAME}/${TOPIC}`,
      HOOK_PORT: String(hookPort),
      OPS_PORT: String(await freePort()),
      POLL_INTERVAL: '1s',
    };
    const sidecar = stack.use(createSidecarProcess(env));
    sidecar.start();
    await until('it listens', () => sidecar.current?.output.includes('"listening"') === true);
    await qbittorrent.setAddedHook(
      `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${hookPort}/track?hash=%K"`,
    );
    await qbittorrent.addTorrent(seed.serve('far.iso', 2_000_000).file);
    await until(
      'it is tracked to its end',
      () => sidecar.current?.output.includes('the torrent is finished') === true,
    );

    const audible = (await ntfy.messages(TOPIC)).filter(({ priority }) => priority === 4);
    assert.deepEqual(
      audible.map(({ title }) => title),
      ['Download Complete'],
    );
    assert.deepEqual([...new Set(proxy.requests)], [TUNNEL], 'nothing but ntfy is asked through it');
    assert.match(sidecar.current?.output ?? '', new RegExp(`"proxyToNtfy":"127\\.0\\.0\\.1:${proxy.port}"`));
    assert.doesNotMatch(sidecar.current?.output ?? '', /planted/);

    const report = await run('doctor', env);
    assert.match(
      report,
      new RegExp(`ok +ntfy's address +.*${NAME}, through the proxy 127.0.0.1:${proxy.port}`),
    );
    assert.match(report, /ok +ntfy: publishing/);
    const strange = await run('doctor', { ...env, NODE_EXTRA_CA_CERTS: '' });
    assert.match(strange, /fail ntfy's address +.*unknown authority.*\n.*NODE_EXTRA_CA_CERTS=/);
    assert.doesNotMatch(report + strange, /planted/);
    assert.deepEqual([...new Set(proxy.requests)], [TUNNEL]);
  },
);
