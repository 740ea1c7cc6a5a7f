import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRules } from '../../src/app/rules.ts';
import { parseConfig } from '../../src/config/index.ts';
import { createInspectorExtension } from '../../src/development/inspector.ts';
import { createLogger } from '../../src/log/index.ts';
import { start } from '../../src/app/start.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { until } from '../servers/wait.ts';
import { openStream } from './stream.ts';

const PLANTED = {
  password: 'planted pässword/1',
  apiKey: 'qbt_plantedplantedplantedplanted0001',
  proxyPassword: 'planted proxy:päss/6',
  ntfyToken: 'tk_plantedplantedplantedplanted02',
  ntfyPassword: 'planted:ntfy+password',
  topic: 'planted-topic-3',
  filmsTopic: 'planted-films-7',
  passkey: 'plantedpasskey8',
  hookToken: 'planted-hook-token-4',
  opsToken: 'planted-ops-token-5',
};

/** A secret as it may appear in a header, an address or JSON. */
const tracesOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

const traces = [
  ...Object.values(PLANTED).flatMap(tracesOf),
  ...tracesOf(`phone:${PLANTED.ntfyPassword}`),
  ...tracesOf(`proxy:${PLANTED.proxyPassword}`),
  // Cookies of qBittorrent's sessions.
  'SID=',
  'QBT_SID',
];

const RULES = `
rules:
  - name: films
    match: { category: films, tracker: "tracker.test" }
    topic: ${PLANTED.filmsTopic}
quiet: { from: "00:00", to: "23:59" }
`;

/** The address with the login of a proxy, which qBittorrent before 5.2 ignores. */
const guardedBy = (url: string): string =>
  url.replace('://', `://proxy:${encodeURIComponent(PLANTED.proxyPassword)}@`);

const credentials = [
  { way: 'a password and a token', key: false, basic: false },
  { way: 'an API key and a password of ntfy', key: true, basic: true },
];

for (const { way, key, basic } of credentials) {
  test(`with ${way}, an inspected download contains no secret`, async () => {
    await using stack = new AsyncDisposableStack();
    const qbittorrent = stack.use(
      await startQbittorrentSimulator({
        password: PLANTED.password,
        ...(key ? { apiKey: PLANTED.apiKey } : { generation: '5.1' }),
      }),
    );
    const ntfy = stack.use(
      await startNtfySimulator(
        basic ? { users: { phone: PLANTED.ntfyPassword } } : { token: PLANTED.ntfyToken },
      ),
    );
    const folder = mkdtempSync(join(tmpdir(), 'inspect-rules-'));
    stack.defer(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'rules.yaml'), RULES);
    const parsed = parseConfig({
      RULES_FILE: join(folder, 'rules.yaml'),
      QBIT_HOST: key ? qbittorrent.url : guardedBy(qbittorrent.url),
      ...(key ? { QBIT_API_KEY: PLANTED.apiKey } : { QBIT_USER: 'admin', QBIT_PASS: PLANTED.password }),
      NTFY_TOPIC: `${ntfy.url}/${PLANTED.topic}`,
      ...(basic
        ? { NTFY_USER: 'phone', NTFY_PASS: PLANTED.ntfyPassword }
        : { NTFY_TOKEN: PLANTED.ntfyToken }),
      HOOK_TOKEN: PLANTED.hookToken,
      OPS_TOKEN: PLANTED.opsToken,
      HOOK_PORT: '0',
      OPS_PORT: '0',
      OPS_HOST: '127.0.0.1',
      POLL_INTERVAL: '1s',
      NTFY_RATE: 'unlimited',
    });
    assert.ok(parsed.ok);
    const { config } = parsed;
    const lines: string[] = [];
    const log = createLogger({ level: 'debug', pretty: false, write: (line) => lines.push(line) });
    const opened = await startRules(config, log);
    assert.ok(opened.ok);
    const sidecar = await start({ config, log, ...opened.rules });
    stack.defer(() => sidecar.stop());
    const close = await createInspectorExtension(0)(sidecar, { config, log });
    stack.defer(async () => close?.());
    const url = /http:\/\/localhost:\d+/.exec(lines.join(''))?.[0] ?? '';
    const stream = await openStream(url, { authorization: `Bearer ${PLANTED.opsToken}` });
    stack.defer(() => stream.close());

    // A rejection and an outage, whose failures contain text of a server.
    const body = JSON.stringify({
      error: `no ${PLANTED.topic}, ${PLANTED.filmsTopic}, ${PLANTED.ntfyToken}`,
    });
    ntfy.fail(({ method }) => method === 'POST', { kind: 'status', status: 500, body }, 1);
    const hash = qbittorrent.addTorrent({
      name: 'debian.iso',
      size: 3_000_000,
      rate: 1_000_000,
      category: 'films',
      tracker: `https://tracker.test/${PLANTED.passkey}/announce?passkey=${PLANTED.passkey}`,
    });
    const tracked = await fetch(`http://localhost:${sidecar.hook.port}/track?hash=${hash}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${PLANTED.hookToken}` },
    });
    assert.equal(tracked.status, 200);
    qbittorrent.expireSessions();
    await until('the torrent is complete', () =>
      lines.some((line) => line.includes('the torrent is finished')),
    );

    await until('its end is shown', () => stream.text().includes('"value":"complete"'));
    const text = stream.text();
    assert.ok(stream.messages().length > 50);
    // With a key nothing expires: the session was ready before the inspection, and the torrent started with it.
    const session = key ? '"ready":true' : '"session.ready"';
    for (const shown of [
      hash,
      'debian.iso',
      '"torrent.observed"',
      '"notification.settled"',
      'publish.0',
      session,
    ])
      assert.ok(text.includes(shown), shown);
    assert.deepEqual(
      traces.filter((trace) => text.includes(trace)),
      [],
    );
    const used = JSON.stringify([...qbittorrent.requests, ...ntfy.requests]);
    assert.ok(used.includes(PLANTED.filmsTopic), 'the secrets were sent');
    assert.ok(text.includes('"films"'), 'the rule is shown');
    assert.ok(text.includes('tracker.test'), 'the tracker is shown');
  });
}
