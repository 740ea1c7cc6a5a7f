/** The alerts and the dashboard in a real Prometheus. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promtool, startPrometheus } from '../debian/prometheus.ts';
import { startSidecar } from '../support/sidecar.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import { realTest, until } from '../servers/index.ts';
import { removeFolder, temporaryFolder } from '../servers/processes.ts';
import { dashboardOf, filled } from './dashboard.ts';
import { read, render } from './kustomize.ts';

const needs = ['prometheus'] as const;
const labels = 'namespace="media", pod="qbittorrent-0", container="qbit-ntfy"';

/** The series that raise each alert, and the labels of the alert. */
const raised: Record<string, { series: Record<string, string>; labels?: Record<string, string> }> = {
  QbitNtfyNotDelivering: {
    series: {
      [`qbit_ntfy_outbox_oldest_seconds{${labels}}`]: '0+60x120',
      [`qbit_ntfy_last_publish_timestamp_seconds{${labels}}`]: '0x120',
    },
  },
  QbitNtfyNoQbittorrent: { series: { [`qbit_ntfy_incident_open{${labels}}`]: '0x100 1x20' } },
  QbitNtfyRefused: {
    series: {
      [`qbit_ntfy_notifications_total{${labels}, kind="completion", outcome="accepted"}`]: '0+1x120',
      [`qbit_ntfy_notifications_total{${labels}, kind="alert", outcome="refused"}`]: '0x110 1x10',
    },
    labels: { kind: 'alert', outcome: 'refused' },
  },
  QbitNtfyDayQuota: { series: { [`qbit_ntfy_day_messages_left{${labels}}`]: '250-2x120' } },
  QbitNtfyStateInMemory: { series: { [`qbit_ntfy_store_degraded{${labels}}`]: '0x100 1x20' } },
  QbitNtfyButtons: {
    series: {
      [`qbit_ntfy_command_topic_state{${labels}, state="listening"}`]: '1x100 0x20',
      [`qbit_ntfy_command_topic_state{${labels}, state="connecting"}`]: '0x100 1 0 1 0 1 0 1 0 1 0 1 0 1x8',
      [`qbit_ntfy_command_topic_state{${labels}, state="backingOff"}`]: '0x100 0 1 0 1 0 1 0 1 0 1 0 1 0x8',
    },
  },
  QbitNtfyRestarting: {
    series: {
      [`qbit_ntfy_restarts_total{${labels}, what="torrent"}`]: '0x60 0+1x60',
      [`qbit_ntfy_restarts_total{${labels}, what="service"}`]: '0x120',
    },
  },
};

/** A busy sidecar without problems: unlimited quota, a busy outbox, an old restart. */
const healthy: Record<string, string> = {
  [`qbit_ntfy_outbox_oldest_seconds{${labels}}`]: '0+60x120',
  [`qbit_ntfy_last_publish_timestamp_seconds{${labels}}`]: '0+60x120',
  [`qbit_ntfy_incident_open{${labels}}`]: '0x110 1x5 0x5',
  [`qbit_ntfy_notifications_total{${labels}, kind="completion", outcome="accepted"}`]: '0+1x120',
  [`qbit_ntfy_notifications_total{${labels}, kind="completion", outcome="refused"}`]: '1x120',
  [`qbit_ntfy_day_messages_left{${labels}}`]: 'Inf+0x120',
  [`qbit_ntfy_store_degraded{${labels}}`]: '0x120',
  // A proxy ends the connection every few minutes.
  [`qbit_ntfy_command_topic_state{${labels}, state="listening"}`]: '1 1 0 1 1 0 1 0 1x120',
  [`qbit_ntfy_command_topic_state{${labels}, state="connecting"}`]: '0 0 1 0 0 0 0 0 0x112',
  [`qbit_ntfy_command_topic_state{${labels}, state="backingOff"}`]: '0 0 0 0 0 1 0 1 0x105 1x7',
  [`qbit_ntfy_restarts_total{${labels}, what="torrent"}`]: '0x30 3x90',
};

const inputs = (series: Record<string, string>) =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));

interface Rule {
  alert: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

realTest('each alert is raised by its series, and none by a healthy sidecar', { needs }, async () => {
  const [file] = read('k8s/monitoring/rules.yaml');
  assert.ok(file);
  const { groups } = file.spec as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  assert.deepEqual(
    Object.keys(raised),
    rules.map(({ alert }) => alert),
  );
  const alertTest = (alert: string, firing: boolean) => ({
    eval_time: '2h',
    alertname: alert,
    exp_alerts: firing ? [expected(rules, alert)] : [],
  });
  const tests = [
    ...rules.map(({ alert }) => ({
      name: alert,
      interval: '1m',
      input_series: inputs(raised[alert]?.series ?? {}),
      alert_rule_test: rules.map((rule) => alertTest(rule.alert, rule.alert === alert)),
    })),
    {
      name: 'healthy',
      interval: '1m',
      input_series: inputs(healthy),
      alert_rule_test: rules.map((rule) => alertTest(rule.alert, false)),
    },
  ];
  const folder = temporaryFolder('alerts');
  try {
    // JSON is also YAML.
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups }));
    writeFileSync(
      join(folder, 'tests.yaml'),
      JSON.stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
    );
    const checked = await promtool(['check', 'rules', join(folder, 'rules.yaml')]);
    assert.equal(checked.status, 0, checked.output);
    const tested = await promtool(['test', 'rules', join(folder, 'tests.yaml')]);
    assert.equal(tested.status, 0, tested.output);
  } finally {
    await removeFolder(folder);
  }
});

/** A firing alert, with its text templates filled in. */
function expected(rules: readonly Rule[], name: string) {
  const rule = rules.find(({ alert }) => alert === name);
  const { container, ...target } = { namespace: 'media', pod: 'qbittorrent-0', container: 'qbit-ntfy' };
  const exp_labels = { ...rule?.labels, ...target, container, ...raised[name]?.labels };
  const fill = (text: string) =>
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => exp_labels[label as 'pod'] ?? '')
      .replaceAll('{{ $value }}', '10');
  const annotations = Object.entries(rule?.annotations ?? {}).map(([key, text]) => [key, fill(text)]);
  return { exp_labels, exp_annotations: Object.fromEntries(annotations) as Record<string, string> };
}

realTest('every panel of the dashboard shows data of a running sidecar', { needs }, async (t) => {
  await using qbittorrent = await startQbittorrentSimulator();
  qbittorrent.addTorrent({ hash: 'ab'.repeat(20), size: 1e9, rate: 1e6 });
  await using ntfy = await startNtfySimulator();
  const sidecar = await startSidecar({
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
    NTFY_TOPIC: `${ntfy.url}/downloads`,
    NTFY_RATE: '10',
  });
  t.after(() => sidecar.stop());
  await using prometheus = await startPrometheus([`127.0.0.1:${sidecar.ops.port}`]);
  const targets = dashboardOf(await render('k8s/monitoring')).panels.flatMap((panel) => panel.targets);
  for (const { expr } of targets) {
    // Prometheus has no pod labels here.
    const expression = filled(expr, '30s').replace(', container="qbit-ntfy"', '');
    await until(`${expression} to have a value`, async () => (await prometheus.query(expression)).size > 0);
  }
});
