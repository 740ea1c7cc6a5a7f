import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { Call } from './calls.ts';
import { each, pairs } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import {
  HOOK_ANSWERS,
  KINDS,
  NTFY_RESULTS,
  OUTCOMES,
  QBITTORRENT_CALLS,
  QBITTORRENT_RESULTS,
  SIMPLER_FORMS,
} from './labels.ts';
import type { HookAnswer, HookName } from './labels.ts';

/** Seconds: a look is answered in milliseconds, a login takes 70 to 90 ms of PBKDF2, after 10 s a call is given up. */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the hooks and the machines do, counted while they do it. */
export function createEventCounters({ counter }: Instruments) {
  const hooks = counter('qbit_ntfy_hook_requests_total', 'Calls of the hook API, by answer.', [
    ...pairs('hook', ['track'], 'answer', HOOK_ANSWERS.track),
    ...pairs('hook', ['finished'], 'answer', HOOK_ANSWERS.finished),
  ]);
  const told = counter(
    'qbit_ntfy_notifications_total',
    'Notifications, by how they ended: ntfy has it or need not be told, a newer one took its place, or it was dropped because it is rejected while others are accepted.',
    pairs('kind', KINDS, 'outcome', OUTCOMES),
  );
  const simplified = counter(
    'qbit_ntfy_messages_simplified_total',
    'Messages that were rejected while others were accepted, by the form in which they are sent next.',
    pairs('kind', KINDS, 'form', SIMPLER_FORMS),
  );
  const restarts = counter(
    'qbit_ntfy_restarts_total',
    'Actors that crashed and were started again: one torrent, or a service and all torrents with it.',
    each('what', ['torrent', 'service']),
  );
  return {
    hook<Hook extends HookName>(hook: Hook, answer: HookAnswer<Hook>): void {
      hooks.inc({ hook, answer });
    },
    event(this: void, event: SupervisorEmitted): void {
      if (event.type === 'notification.settled') {
        told.inc({ kind: event.notification.kind, outcome: event.outcome });
      } else if (event.type === 'outbox.simplified') {
        simplified.inc({ kind: event.notification.kind, form: event.form });
      } else if (event.type === 'torrent.crashed') restarts.inc({ what: 'torrent' });
      else if (event.type === 'service.crashed') restarts.inc({ what: 'service' });
    },
  };
}

/** What the two servers were asked, and how it ended. */
export function createCallCounters({ counter, gauge, histogram }: Instruments) {
  const asked = counter(
    'qbit_ntfy_qbittorrent_requests_total',
    'Questions to qBittorrent, by result. A login is one, and a scan, although they take some requests each.',
    pairs('call', QBITTORRENT_CALLS, 'result', QBITTORRENT_RESULTS),
  );
  const durations = histogram(
    'qbit_ntfy_qbittorrent_request_duration_seconds',
    'Time until a question to qBittorrent was answered, or given up.',
    BUCKETS,
    each('call', QBITTORRENT_CALLS),
  );
  const attempts = counter(
    'qbit_ntfy_ntfy_requests_total',
    'Attempts to publish to ntfy, by result.',
    each('result', NTFY_RESULTS),
  );
  const last = (what: string, help: string) =>
    gauge(`qbit_ntfy_last_${what}_timestamp_seconds`, `${help}, in seconds since 1970; 0 before the first.`);
  const lastLogin = last('login', 'When the last good login to qBittorrent was');
  const lastPoll = last('poll', 'When qBittorrent last answered a poll');
  const lastPublish = last('publish', 'When ntfy last took a message');
  return {
    call(call: Call): void {
      const { to, result } = call;
      if (to === 'ntfy') attempts.inc({ result });
      else {
        asked.inc({ call: call.call, result });
        durations.observe({ call: call.call }, call.seconds);
      }
      if (result !== 'ok') return;
      if (to === 'ntfy') lastPublish.setToCurrentTime();
      else if (call.call === 'observe') lastPoll.setToCurrentTime();
      else if (call.call === 'login') lastLogin.setToCurrentTime();
    },
  };
}
