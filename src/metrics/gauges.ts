import { setImmediate as nextTurn } from 'node:timers/promises';
import { each } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { COMMAND_TOPIC_STATES, HOOK_STATES, SESSION_STATES, TORRENT_STATES } from './labels.ts';
import type { Reading } from './reading.ts';

/** How many torrents are tracked. */
function createTorrentGauges({ gauge }: Instruments) {
  const torrents = gauge('qbit_ntfy_torrents', 'Tracked torrents, by state.', each('state', TORRENT_STATES));
  const rules = gauge(
    'qbit_ntfy_torrents_by_rule',
    'Tracked torrents, by the name of their rule.',
    [],
    ['rule'],
  );
  return {
    set(reading: Pick<Reading, 'torrents' | 'rules'>): void {
      for (const state of TORRENT_STATES) torrents.set({ state }, reading.torrents[state]);
      // Rules that are no longer in the file have no series.
      rules.reset();
      for (const [rule, count] of reading.rules) rules.set({ rule }, count);
    },
  };
}

/** The states of the session, the hook installer and the command topic. */
function createStateGauges({ gauge }: Instruments) {
  const ready = gauge(
    'qbit_ntfy_session_ready',
    '1 while the sidecar has a session in qBittorrent, 0 otherwise.',
  );
  const session = gauge(
    'qbit_ntfy_session_state',
    'State of the qBittorrent session: 1 for the current state, 0 for the others.',
    each('state', SESSION_STATES),
  );
  const hook = gauge(
    'qbit_ntfy_hook_state',
    'State of the hook installer (AUTO_INSTALL_HOOK): 1 for the current state, 0 for the others.',
    each('state', HOOK_STATES),
  );
  const topic = gauge(
    'qbit_ntfy_command_topic_state',
    'State of the command topic (COMMAND_TOPIC): 1 for the current state, 0 for the others.',
    each('state', COMMAND_TOPIC_STATES),
  );
  return {
    set(reading: Pick<Reading, 'session' | 'hook' | 'commandTopic'>): void {
      for (const state of SESSION_STATES) session.set({ state }, Number(reading.session === state));
      for (const state of HOOK_STATES) hook.set({ state }, Number(reading.hook === state));
      for (const state of COMMAND_TOPIC_STATES) topic.set({ state }, Number(reading.commandTopic === state));
      ready.set(Number(reading.session === 'ready'));
    },
  };
}

/** Gauges that are read at each scrape. */
export function createGauges(instruments: Instruments, version: string) {
  const { gauge } = instruments;
  const torrents = createTorrentGauges(instruments);
  const states = createStateGauges(instruments);
  const waiting = gauge('qbit_ntfy_outbox_waiting', 'Notifications that ntfy has not accepted yet.');
  const oldest = gauge(
    'qbit_ntfy_outbox_oldest_seconds',
    'Age of the oldest waiting notification; 0 without one.',
  );
  const budget = gauge(
    'qbit_ntfy_budget_messages',
    'Messages that may be sent now; +Inf without a rate limit.',
  );
  const day = gauge(
    'qbit_ntfy_day_messages_left',
    'Messages left of the daily quota; +Inf while none is known.',
  );
  const incident = gauge(
    'qbit_ntfy_incident_open',
    '1 while the phone shows an incident of qBittorrent, 0 otherwise.',
  );
  const degraded = gauge(
    'qbit_ntfy_store_degraded',
    '1 while the state is only in memory although STATE_DIR is set, 0 otherwise.',
  );
  const info = gauge('qbit_ntfy_info', 'Version of the sidecar and of the WebAPI of qBittorrent; always 1.', [
    { version, webapi: 'unknown' },
  ]);
  return {
    set(reading: Reading): void {
      torrents.set(reading);
      states.set(reading);
      waiting.set(reading.waiting);
      oldest.set(reading.oldest);
      budget.set(reading.budget);
      day.set(reading.day);
      incident.set(Number(reading.incident));
      degraded.set(Number(reading.degraded));
      info.reset();
      info.set({ version, webapi: reading.webapi }, 1);
    },
  };
}

/** Process metrics under their usual Prometheus names. */
export function createProcessGauges({ counter, gauge }: Instruments) {
  const cpu = counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.');
  const resident = gauge('process_resident_memory_bytes', 'Resident memory size in bytes.');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.');
  const started = gauge(
    'process_start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
  );
  const lag = gauge(
    'qbit_ntfy_event_loop_lag_seconds',
    'Delay of one turn of the event loop, measured at the scrape.',
  );
  started.set(Math.round(Date.now() / 1000 - process.uptime()));
  return {
    async set(): Promise<void> {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
      const { rss, heapUsed } = process.memoryUsage();
      resident.set(rss);
      heap.set(heapUsed);
      const from = performance.now();
      await nextTurn();
      lag.set((performance.now() - from) / 1000);
    },
  };
}
