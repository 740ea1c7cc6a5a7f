/** The dashboard, as Grafana parses it. */
import { ofKind } from './manifest.ts';
import type { Manifest } from './manifest.ts';

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource: { type: string; uid: string };
  targets: { refId: string; expr: string; legendFormat: string }[];
}

export interface Dashboard {
  uid: string;
  title: string;
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
  panels: Panel[];
}

/** The dashboard in a rendered ConfigMap. */
export function dashboardOf(manifests: readonly Manifest[]): Dashboard {
  const map = ofKind(manifests, 'ConfigMap').find(
    ({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1',
  );
  return JSON.parse(map?.data?.['qbit-ntfy.json'] ?? '{}') as Dashboard;
}

/** An expression with Grafana's variables filled in: all values, and a range. */
export const filled = (expression: string, span = '5m'): string =>
  expression.replaceAll('$__rate_interval', span).replaceAll(/\$(namespace|pod)\b/g, '.*');

/** The expressions of the variables: `label_values(<expression>, <label>)`. */
export function variablesOf({ templating }: Dashboard): { expression: string; label: string }[] {
  return templating.list.flatMap(({ query }) => {
    const text = typeof query === 'string' ? query : query.query;
    const [, expression = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(text) ?? [];
    return expression === '' ? [] : [{ expression, label }];
  });
}
