import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hookInstallerMachine } from '../../machines/hook-installer/machine.ts';
import { remoteMachine } from '../../machines/remote/machine.ts';
import { sessionMachine } from '../../machines/session/machine.ts';
import { torrentMachine } from '../../machines/torrent/machine.ts';
import { createMetrics, readingOf } from '../../src/metrics/index.ts';
import {
  COMMAND_TOPIC_STATES,
  HOOK_STATES,
  SESSION_STATES,
  TORRENT_STATES,
} from '../../src/metrics/labels.ts';
import { startWorld } from '../support/world.ts';
import { opsApp } from '../server/apps.ts';
import { readSamples, watch, well } from './samples.ts';

/** The contract with alerts and dashboards: the type of each metric and the names of its labels. */
const CONTRACT: Record<string, string> = {
  qbit_ntfy_torrents: 'gauge state',
  qbit_ntfy_torrents_by_rule: 'gauge rule',
  qbit_ntfy_hook_requests_total: 'counter answer hook',
  qbit_ntfy_qbittorrent_requests_total: 'counter call result',
  qbit_ntfy_qbittorrent_request_duration_seconds: 'histogram call le',
  qbit_ntfy_session_ready: 'gauge',
  qbit_ntfy_session_state: 'gauge state',
  qbit_ntfy_hook_state: 'gauge state',
  qbit_ntfy_notifications_total: 'counter kind outcome',
  qbit_ntfy_commands_total: 'counter action result',
  qbit_ntfy_presses_rejected_total: 'counter reason',
  qbit_ntfy_command_topic_state: 'gauge state',
  qbit_ntfy_ntfy_requests_total: 'counter result',
  qbit_ntfy_outbox_waiting: 'gauge',
  qbit_ntfy_outbox_oldest_seconds: 'gauge',
  qbit_ntfy_budget_messages: 'gauge',
  qbit_ntfy_day_messages_left: 'gauge',
  qbit_ntfy_messages_simplified_total: 'counter form kind',
  qbit_ntfy_restarts_total: 'counter what',
  qbit_ntfy_incident_open: 'gauge',
  qbit_ntfy_store_degraded: 'gauge',
  qbit_ntfy_last_poll_timestamp_seconds: 'gauge',
  qbit_ntfy_last_login_timestamp_seconds: 'gauge',
  qbit_ntfy_last_publish_timestamp_seconds: 'gauge',
  qbit_ntfy_info: 'gauge version webapi',
  qbit_ntfy_event_loop_lag_seconds: 'gauge',
  process_cpu_seconds_total: 'counter',
  process_resident_memory_bytes: 'gauge',
  process_start_time_seconds: 'gauge',
  nodejs_heap_size_used_bytes: 'gauge',
};

describe('the metrics page', () => {
  test('has every metric of the contract from the start, and no other', async () => {
    const metrics = createMetrics('1.2.3');
    const { type, text } = await metrics.page(readingOf(startWorld().supervisor, well, ['films']));
    assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
    const labels = new Map<string, Set<string>>();
    for (const series of readSamples(text).keys()) {
      const name = series.replace(/\{.*|(?<=_duration_seconds)_(bucket|sum|count)/g, '');
      const names = labels.get(name) ?? new Set();
      for (const [, label = ''] of series.matchAll(/(\w+)="/g)) names.add(label);
      labels.set(name, names);
    }
    const found = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => [
      name,
      [kind, ...[...(labels.get(name) ?? [])].toSorted()].join(' '),
    ]);
    assert.deepEqual(Object.fromEntries(found), CONTRACT);
    for (const name of Object.keys(CONTRACT)) assert.match(text, new RegExp(`^# HELP ${name} .`, 'm'));
  });

  test('matches the documents, by name and labels', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
    const named = [...text.matchAll(/`((?:qbit_ntfy|process|nodejs)_\w+)(?:\{([\w,]+)\})?`/g)];
    const documented = named.map(([, name = '', labels = '']) => [
      name,
      labels.split(',').toSorted().join(' '),
    ]);
    const expected = Object.entries(CONTRACT).map(([name, kind]) => [
      name,
      kind.replace(/^\w+ ?| ?\ble\b/g, ''),
    ]);
    assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(expected));
  });

  test('starts at 0: what has not happened yet is included', async () => {
    const samples = await watch(startWorld())();
    for (const [series, value] of samples) {
      if (/^qbit_ntfy_\w+_total/.test(series)) assert.equal(value, 0, series);
    }
    assert.equal(samples.get('qbit_ntfy_notifications_total{kind="completion",outcome="refused"}'), 0);
    assert.equal(samples.get('qbit_ntfy_hook_requests_total{answer="started",hook="track"}'), 0);
    assert.ok((samples.get('process_resident_memory_bytes') ?? 0) > 10_000_000);
    assert.ok((samples.get('process_cpu_seconds_total') ?? 0) > 0);
  });

  test('is the same for two simultaneous requests', async () => {
    const read = watch(startWorld());
    const [one, other] = await Promise.all([read(), read()]);
    assert.deepEqual([...one.keys()], [...other.keys()]);
  });

  test('has every state of a torrent, the session, the hook installer and the command topic', () => {
    const phases = Object.keys(torrentMachine.states['polling']?.states ?? {}).filter(
      (name) => !['deciding', 'unknown', 'held'].includes(name),
    );
    assert.deepEqual(new Set(TORRENT_STATES), new Set([...phases, 'complete', 'waiting']));
    // The session leaves this state at once, so it is never visible.
    const states = Object.keys(sessionMachine.states).filter((name) => name !== 'evaluating');
    assert.deepEqual(new Set(SESSION_STATES), new Set(states));
    const { starting, evaluating, idle, ...resting } = hookInstallerMachine.states;
    assert.ok(starting && evaluating, 'also left at once');
    assert.deepEqual(new Set(HOOK_STATES), new Set(Object.keys({ ...resting, ...idle?.states })));
    const { deciding, connected, ...others } = remoteMachine.states['stream']?.states ?? {};
    assert.ok(deciding && connected, 'the first is left at once, too');
    const topic = Object.keys({ ...others, ...connected.states });
    assert.deepEqual(new Set(COMMAND_TOPIC_STATES), new Set(['off', ...topic]));
  });
});

const page = async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' });

describe('GET /metrics', () => {
  const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3';

  test('is available to any client, in the text format whatever Accept is', async () => {
    const { app } = opsApp({ metrics: page });
    const incoming = { socket: { remoteAddress: '10.1.2.3' } };
    for (const headers of [{ host: 'pod.example' }, { host: 'pod.example', accept }]) {
      const response = await app.request('/metrics', { headers }, { incoming });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), (await page()).type);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.equal(await response.text(), 'up 1\n');
    }
  });

  test('answers HEAD without a body, and nothing else', async () => {
    const { app } = opsApp({ metrics: page });
    const head = await app.request('/metrics', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-type'), (await page()).type);
    assert.equal(await head.text(), '');
    assert.equal((await app.request('/metrics', { method: 'POST' })).status, 405);
  });
});
