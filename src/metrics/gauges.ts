import { setImmediate as nextTurn } from 'node:timers/promises';
import { each } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { HOOK_STATES, SESSION_STATES, TORRENT_STATES } from './labels.ts';
import type { Reading } from './reading.ts';

/** What is looked up when somebody asks. */
export function createGauges({ gauge }: Instruments, version: string) {
  const torrents = gauge(
    'qbit_ntfy_torrents',
    'Torrents that are followed, by what they are doing.',
    each('state', TORRENT_STATES),
  );
  const ready = gauge('qbit_ntfy_session_ready', 'Whether there is a session with qBittorrent.');
  const session = gauge(
    'qbit_ntfy_session_state',
    'What the session with qBittorrent is at: 1 for one of the states.',
    each('state', SESSION_STATES),
  );
  const hook = gauge(
    'qbit_ntfy_hook_state',
    'What the hook installer is at (AUTO_INSTALL_HOOK): 1 for one of the states.',
    each('state', HOOK_STATES),
  );
  const waiting = gauge('qbit_ntfy_outbox_waiting', 'Notifications that ntfy has not taken yet.');
  const oldest = gauge('qbit_ntfy_outbox_oldest_seconds', 'How long the one that waits longest has waited.');
  const budget = gauge('qbit_ntfy_budget_messages', 'Messages that may leave at once; +Inf without a limit.');
  const day = gauge(
    'qbit_ntfy_day_messages_left',
    "What is left of the day's quota; +Inf while none is known.",
  );
  const incident = gauge('qbit_ntfy_incident_open', 'Whether the phone was told that qBittorrent is away.');
  const degraded = gauge(
    'qbit_ntfy_store_degraded',
    'Whether the state is only in memory although there is a STATE_DIR.',
  );
  const info = gauge('qbit_ntfy_info', "This program's version and the WebAPI's of qBittorrent; always 1.", [
    { version, webapi: 'unknown' },
  ]);
  return {
    set(reading: Reading): void {
      for (const state of TORRENT_STATES) torrents.set({ state }, reading.torrents[state]);
      for (const state of SESSION_STATES) session.set({ state }, Number(reading.session === state));
      for (const state of HOOK_STATES) hook.set({ state }, Number(reading.hook === state));
      ready.set(Number(reading.session === 'ready'));
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

/** The basics of the process, by the names that everybody uses for them. */
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
    'How long the event loop took to come round just now.',
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
