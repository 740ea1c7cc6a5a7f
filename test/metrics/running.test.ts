import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { startSidecar } from '../support/sidecar.ts';
import { until } from '../servers/wait.ts';
import { nonZero, readSamples, scrape, scrapeAnew } from './samples.ts';

const hashOf = (n: number) => n.toString(16).padStart(40, '0');

/** A sidecar on embedded servers; everything ends with the scene. */
async function startScene(env: Record<string, string> = {}) {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(await startQbittorrentSimulator());
  const ntfy = stack.use(await startNtfySimulator());
  const log: string[] = [];
  const sidecar = await startSidecar(
    {
      QBIT_HOST: qbittorrent.url,
      QBIT_USER: qbittorrent.username,
      QBIT_PASS: qbittorrent.password,
      NTFY_TOPIC: `${ntfy.url}/planted-topic`,
      ...env,
    },
    log,
  );
  stack.defer(() => sidecar.stop());
  const owned = stack.move();
  const call = async (path: string) =>
    (await fetch(`http://127.0.0.1:${sidecar.hook.port}/${path}`, { method: 'POST' })).status;
  return { qbittorrent, ntfy, sidecar, call, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe('the metrics match what was done', () => {
  test('for the hooks', async () => {
    await using scene = await startScene({ MAX_TRACKED: '2' });
    const { call } = scene;
    await until('it has scanned', async () => {
      const requests = nonZero(await scrape(scene.sidecar), 'qbit_ntfy_qbittorrent_requests_total');
      return requests['call="scan",result="ok"'] === 1;
    });
    // Magnets without peers: they stay tracked.
    const [one, two, three] = [1, 2, 3].map(hashOf);
    for (const hash of [one, two, three])
      scene.qbittorrent.addTorrent({ hash: hash ?? '', scenario: 'noMetadata' });
    const first = await call(`track?hash=${one}`);
    const rest = [`track?hash=${one}`, `finished?hash=${one}`, `track?hash=${two}`, `track?hash=${three}`];
    const statuses = [first];
    for (const path of [...rest, `finished?hash=${three}`, 'track?hash=all', 'finished', 'nonsense'])
      statuses.push(await call(path));
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429, 400, 400, 404]);
    assert.deepEqual(nonZero(await scrapeAnew(scene.sidecar), 'qbit_ntfy_hook_requests_total'), {
      'answer="started",hook="track"': 2,
      'answer="already",hook="track"': 1,
      'answer="full",hook="track"': 1,
      'answer="refused",hook="track"': 1,
      'answer="accepted",hook="finished"': 1,
      'answer="full",hook="finished"': 1,
      'answer="refused",hook="finished"': 1,
    });
  });

  test('for a download: the requests to qBittorrent, and the messages that ntfy accepted', async () => {
    await using scene = await startScene();
    const { qbittorrent, ntfy, sidecar } = scene;
    const from = Math.floor(Date.now() / 1000);
    const hash = qbittorrent.addTorrent({ size: 4_000_000, rate: 2_000_000 });
    assert.equal(await scene.call(`track?hash=${hash}`), 200);
    const samples = await until('it is announced, and the outbox is empty', async () => {
      const samples = await scrape(sidecar);
      const announced = samples.get('qbit_ntfy_notifications_total{kind="card-delete",outcome="accepted"}');
      return announced === 1 && samples.get('qbit_ntfy_outbox_waiting') === 0 && samples;
    });
    const requests = (text: string) =>
      qbittorrent.requests.filter(({ body }) => body.startsWith(text)).length;
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_qbittorrent_requests_total'), {
      'call="login",result="ok"': qbittorrent.logins,
      'call="observe",result="ok"': requests('hashes='),
      'call="scan",result="ok"': requests('filter=moving'),
      'call="settings",result="ok"': qbittorrent.requests.filter(({ path }) => path.endsWith('preferences'))
        .length,
    });
    const name = 'qbit_ntfy_qbittorrent_request_duration_seconds';
    assert.equal(samples.get(`${name}_count{call="observe"}`), requests('hashes='));
    assert.equal(samples.get(`${name}_bucket{call="observe",le="+Inf"}`), requests('hashes='));
    assert.ok((samples.get(`${name}_sum{call="observe"}`) ?? 0) > 0);
    const events = (event: string, priority?: number) =>
      ntfy.messages.filter((message) => message.event === event && message.priority === priority).length;
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_notifications_total'), {
      'kind="progress",outcome="accepted"': events('message', 2),
      'kind="completion",outcome="accepted"': 1,
      'kind="card-delete",outcome="accepted"': 1,
    });
    assert.ok(events('message', 2) > 0 && events('message', 4) === 1);
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_ntfy_requests_total'), {
      'result="ok"': ntfy.messages.length,
    });
    for (const what of ['login', 'poll', 'publish']) {
      const at = samples.get(`qbit_ntfy_last_${what}_timestamp_seconds`) ?? 0;
      assert.ok(at >= from - 1 && at <= Date.now() / 1000, what);
    }
  });

  test('for an unavailable qBittorrent: the page is available, and shows the outage', async () => {
    await using scene = await startScene();
    const { sidecar, qbittorrent } = scene;
    await until(
      'there is a session',
      async () => (await scrape(sidecar)).get('qbit_ntfy_session_ready') === 1,
    );
    await qbittorrent.goOffline();
    await scene.call(`track?hash=${hashOf(1)}`);
    const unreachable = 'qbit_ntfy_qbittorrent_requests_total{call="observe",result="unreachable"}';
    const down = await until('a request failed', async () => {
      const samples = await scrape(sidecar);
      return (samples.get(unreachable) ?? 0) > 0 && samples;
    });
    assert.equal(down.get('qbit_ntfy_last_poll_timestamp_seconds'), 0);
    assert.equal(down.get('qbit_ntfy_torrents{state="waiting"}'), 1);
  });

  test('for an ntfy that refuses: each attempt is counted, and pending messages are shown', async () => {
    await using scene = await startScene();
    const { sidecar, ntfy, qbittorrent } = scene;
    const endFault = ntfy.fail(/^POST \/$/, { kind: 'status', status: 503 });
    await scene.call(`track?hash=${qbittorrent.addTorrent({ size: 1_000_000, rate: 10_000_000 })}`);
    const broken = 'qbit_ntfy_ntfy_requests_total{result="broken"}';
    const waiting = await until('it was refused twice', async () => {
      const samples = await scrape(sidecar);
      return (samples.get(broken) ?? 0) >= 2 && samples;
    });
    assert.equal(waiting.get('qbit_ntfy_outbox_waiting'), 1);
    assert.ok((waiting.get('qbit_ntfy_outbox_oldest_seconds') ?? 0) > 1);
    assert.equal(waiting.get('qbit_ntfy_torrents{state="complete"}'), 1);
    endFault();
    await until('it arrives', async () => {
      const samples = await scrape(sidecar);
      return samples.get('qbit_ntfy_notifications_total{kind="completion",outcome="accepted"}') === 1;
    });
    assert.equal(ntfy.messages.length, 1);
    const attempts = ntfy.requests.filter(({ method }) => method === 'POST').length;
    const counted = Object.values(nonZero(await scrapeAnew(sidecar), 'qbit_ntfy_ntfy_requests_total'));
    assert.equal(
      counted.reduce((sum, count) => sum + count, 0),
      attempts,
    );
  });
});

const sumOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

test('1,000 torrents with hostile names add no series, and the page contains nothing private', async () => {
  const secrets = {
    NTFY_TOKEN: 'tk_plantedplantedplantedplanted12',
    OPS_TOKEN: 'planted-ops-token',
    HOOK_TOKEN: 'planted-hook-token',
    INSTANCE_NAME: 'planted-instance',
  };
  await using scene = await startScene(secrets);
  const { sidecar, qbittorrent } = scene;
  const before = [...(await scrape(sidecar)).keys()];
  for (let index = 0; index < 1000; index += 1) {
    const name = `planted"} 1\nevil_total{x="${index}`;
    qbittorrent.addTorrent({ hash: hashOf(index), name, rate: 1000 });
    sidecar.supervisor.send({ type: 'torrents.track', hashes: [hashOf(index)] });
  }
  const counts = await until('all were seen', async () => {
    const counts = nonZero(await scrape(sidecar), 'qbit_ntfy_torrents');
    return sumOf(counts) === 1000 && counts['state="waiting"'] === undefined && counts;
  });
  assert.equal(sumOf(counts), 1000);
  const text = await (await fetch(`http://127.0.0.1:${sidecar.ops.port}/metrics`)).text();
  const after = [...readSamples(text).keys()];
  // Before the login the WebAPI's version is unknown.
  const isInfo = /^qbit_ntfy_info/;
  assert.deepEqual(
    after.filter((series) => !isInfo.test(series)),
    before.filter((series) => !isInfo.test(series)),
  );
  assert.equal(after.length, before.length);
  assert.doesNotMatch(text, /planted|evil|[0-9a-f]{40}/);
  for (const secret of [qbittorrent.username, qbittorrent.password]) assert.ok(!text.includes(secret));
});
