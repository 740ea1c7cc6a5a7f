import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { startSidecar } from '../support/sidecar.ts';
import { readSamples } from '../metrics/samples.ts';
import { dashboardOf, filled, variablesOf } from './dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import { kubernetesTest, render } from './kustomize.ts';
import { ofKind } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { readPromql } from './promql.ts';

/** Prometheus itself adds these, from the pod that it scrapes. */
const TARGET = ['namespace', 'pod', 'container'];

/** Values by label of each metric that a sidecar has from its start. */
type Metrics = Map<string, Map<string, Set<string>>>;

async function scrapeSidecar(): Promise<Metrics> {
  const sidecar = await startSidecar({ QBIT_HOST: 'http://127.0.0.1:9', NTFY_TOPIC: 'http://127.0.0.1:9/t' });
  try {
    const answer = await fetch(`http://127.0.0.1:${sidecar.ops.port}/metrics`);
    return metricsOf([...readSamples(await answer.text()).keys()]);
  } finally {
    await sidecar.stop();
  }
}

function metricsOf(series: readonly string[]): Metrics {
  const metrics: Metrics = new Map();
  for (const one of series) {
    const [name = '', labels = ''] = one.split('{');
    const values = metrics.get(name) ?? new Map<string, Set<string>>();
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      values.set(label, (values.get(label) ?? new Set()).add(value));
    }
    metrics.set(name, values);
  }
  return metrics;
}

/** The parts of an expression that no sidecar has. `shown`: labels that a text names. */
function unknownIn(expression: string, shown: readonly string[], metrics: Metrics): string[] {
  const { selectors, groupings } = readPromql(expression);
  const labels = new Set([
    ...TARGET,
    ...selectors.flatMap(({ metric }) => [...(metrics.get(metric)?.keys() ?? [])]),
  ]);
  return [
    ...selectors.filter(({ metric }) => !metrics.has(metric)).map(({ metric }) => `no metric ${metric}`),
    ...selectors.flatMap(({ metric, matchers }) =>
      matchers
        .filter(({ label, operator, value }) => {
          const values = metrics.get(metric)?.get(label);
          return (
            !TARGET.includes(label) && (operator === '=' ? values?.has(value) !== true : values === undefined)
          );
        })
        .map(({ label, value }) => `${metric} has no ${label}="${value}"`),
    ),
    ...[...groupings, ...shown].filter((label) => !labels.has(label)).map((label) => `no label ${label}`),
  ];
}

const labelsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, label = '']) => label);

function rulesOf(manifests: readonly Manifest[]) {
  const [rules] = ofKind<Manifest & IPrometheusRule>(manifests, 'PrometheusRule');
  return (rules?.spec.groups ?? []).flatMap((group) => group.rules ?? []);
}

describe('alerts and dashboard', () => {
  let metrics: Metrics;
  const found = (expression: string, ...shown: string[]) => unknownIn(expression, shown, metrics);
  before(async () => {
    metrics = await scrapeSidecar();
  });

  kubernetesTest('the alerts use only what a sidecar exposes', async () => {
    const rules = rulesOf(await render('k8s/monitoring'));
    assert.ok(rules.length >= 4);
    const unknown = rules.flatMap(({ expr, annotations }) =>
      unknownIn(
        String(expr),
        labelsIn(Object.values(annotations ?? {}).join(' '), /\$labels\.(\w+)/g),
        metrics,
      ),
    );
    assert.deepEqual(unknown, []);
  });

  kubernetesTest('the dashboard uses only what a sidecar exposes', async () => {
    const dashboard = dashboardOf(await render('k8s/monitoring'));
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    const variables = variablesOf(dashboard);
    assert.equal(variables.length, 2);
    assert.ok(targets.length > 15);
    const unknown = [
      ...targets.map(({ expr, legendFormat }) => ({ expr, shown: labelsIn(legendFormat, /\{\{(\w+)\}\}/g) })),
      ...variables.map(({ expression, label }) => ({ expr: expression, shown: [label] })),
    ].flatMap(({ expr, shown }) => unknownIn(filled(expr), shown, metrics));
    assert.deepEqual(unknown, []);
  });

  test('an unknown metric, label or value, and invalid PromQL, would be found', () => {
    assert.deepEqual(found('sum by (state) (qbit_ntfy_torrents{pod="x"}) > 1', 'state'), []);
    assert.deepEqual(found('qbit_ntfy_torrent'), ['no metric qbit_ntfy_torrent']);
    assert.deepEqual(found('qbit_ntfy_torrents{status="stalled"}'), [
      'qbit_ntfy_torrents has no status="stalled"',
    ]);
    assert.deepEqual(found('qbit_ntfy_torrents{state="lost"}'), ['qbit_ntfy_torrents has no state="lost"']);
    assert.deepEqual(found('sum by (hash) (qbit_ntfy_torrents)'), ['no label hash']);
    assert.deepEqual(found('qbit_ntfy_outbox_waiting', 'kind'), ['no label kind']);
    assert.throws(() => found('sum by (state qbit_ntfy_torrents)'), /no PromQL/);
  });
});

kubernetesTest('the dashboard has a valid layout for Grafana', async () => {
  const { uid, title, panels, templating }: Dashboard = dashboardOf(await render('k8s/monitoring'));
  assert.ok(uid && title);
  assert.deepEqual(
    templating.list.map(({ name }) => name),
    ['datasource', 'namespace', 'pod'],
  );
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { gridPos, datasource, targets } of panels) {
    assert.equal(datasource.uid, '${datasource}');
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
    assert.ok(gridPos.x + gridPos.w <= 24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(!taken.has(`${x},${y}`), `two panels at ${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});
