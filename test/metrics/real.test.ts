import assert from 'node:assert/strict';
import { promtool, startPrometheus } from '../debian/prometheus.ts';
import { startScene } from '../e2e/harness.ts';
import { realTest, until } from '../servers/index.ts';
import { nonZero, readSamples } from './samples.ts';

realTest(
  'the metrics of a real download in a real Prometheus match the requests to the real servers',
  { needs: ['qbittorrent current', 'ntfy current', 'prometheus'] },
  async () => {
    await using scene = await startScene({ qbittorrent: 'current' });
    const address = `127.0.0.1:${scene.sidecar.ops.port}`;
    await using prometheus = await startPrometheus([address]);
    await scene.qbittorrent.addTorrent(scene.seed.serve('private-name.iso', 8_000_000).file);
    await until('its card is deleted, and Prometheus has scraped that', async () => {
      const announced = await prometheus.query(
        'qbit_ntfy_notifications_total{kind="dismissal",outcome="accepted"}',
      );
      return [...announced.values()].includes(1);
    });
    const text = await (await fetch(`http://${address}/metrics`)).text();
    assert.doesNotMatch(text, /private-name|downloads|[0-9a-f]{40}/);
    assert.deepEqual(await promtool(['check', 'metrics'], text), { status: 0, output: '' });
    const samples = readSamples(text);

    const { toQbittorrent, toNtfy } = scene;
    const polls = toQbittorrent.requests.filter(({ body }) => body.startsWith('hashes=')).length;
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_qbittorrent_requests_total'), {
      'call="login",result="ok"': toQbittorrent.logins(),
      'call="observe",result="ok"': polls,
      'call="scan",result="ok"': toQbittorrent.requests.filter(({ body }) => body === 'filter=moving').length,
      'call="settings",result="ok"': toQbittorrent.requests.filter(({ path }) => path.endsWith('preferences'))
        .length,
    });
    const published = toNtfy.requests.filter(({ path }) => path !== '/v1/account');
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_ntfy_requests_total'), { 'result="ok"': published.length });
    const messages = await scene.messages();
    const silent = messages.filter(({ event, priority }) => event === 'message' && priority === 2);
    assert.deepEqual(nonZero(samples, 'qbit_ntfy_notifications_total'), {
      'kind="progress",outcome="accepted"': silent.length,
      'kind="completion",outcome="accepted"': messages.filter(({ priority }) => priority === 4).length,
      'kind="dismissal",outcome="accepted"': messages.filter(({ event }) => event === 'message_delete')
        .length,
    });
    // The scan at the start may have found it a moment before.
    const hooks = Object.entries(nonZero(samples, 'qbit_ntfy_hook_requests_total'));
    assert.match(String(hooks), /^answer="(started|already)",hook="track",1$/);

    await until('Prometheus has the same numbers', async () => {
      const read = await prometheus.query('qbit_ntfy_qbittorrent_requests_total{call="observe",result="ok"}');
      return [...read.values()].includes(polls);
    });
    const [scraped] = (await prometheus.query('scrape_samples_scraped')).values();
    assert.equal(scraped, samples.size, 'Prometheus reads each line as a sample');
    assert.deepEqual([...(await prometheus.query('up')).values()], [1]);
    const median =
      'histogram_quantile(0.5, qbit_ntfy_qbittorrent_request_duration_seconds_bucket{call="observe"})';
    assert.ok(((await prometheus.query(median)).values().next().value ?? 0) > 0);
  },
);
