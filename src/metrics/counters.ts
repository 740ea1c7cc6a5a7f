import type { SupervisorEmitted } from '../../machines/supervisor/emitted.ts';
import type { Call } from './calls.ts';
import { each, pairs } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { BUTTON_ACTIONS } from '../../machines/remote/types.ts';
import {
  COMMAND_RESULTS,
  HOOK_ANSWERS,
  KINDS,
  NTFY_RESULTS,
  OUTCOMES,
  PRESS_REJECTIONS,
  QBITTORRENT_CALLS,
  QBITTORRENT_RESULTS,
  SIMPLER_FORMS,
} from './labels.ts';
import type { HookAnswer, HookName } from './labels.ts';

/** Seconds: a poll takes milliseconds, a login 70 to 90 ms of PBKDF2, and a call times out after 10 s. */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters of hook calls and of events of the machines. */
export function createEventCounters({ counter }: Instruments) {
  const hooks = counter('qbit_ntfy_hook_requests_total', 'Hook API calls, by answer.', [
    ...pairs('hook', ['track'], 'answer', HOOK_ANSWERS.track),
    ...pairs('hook', ['finished'], 'answer', HOOK_ANSWERS.finished),
  ]);
  const notifications = counter(
    'qbit_ntfy_notifications_total',
    'Notifications, by outcome: accepted by ntfy or not needed, superseded by a newer one, or refused by ntfy while others were accepted, and dropped.',
    pairs('kind', KINDS, 'outcome', OUTCOMES),
  );
  const simplified = counter(
    'qbit_ntfy_messages_simplified_total',
    'Messages that ntfy rejected while it accepted others, by the simpler form in which they are sent next.',
    pairs('kind', KINDS, 'form', SIMPLER_FORMS),
  );
  const restarts = counter(
    'qbit_ntfy_restarts_total',
    'Restarts of crashed actors: one torrent, or a service together with all torrents.',
    each('what', ['torrent', 'service']),
  );
  const commands = counter(
    'qbit_ntfy_commands_total',
    'Presses of buttons that were executed, by result.',
    pairs('action', BUTTON_ACTIONS, 'result', COMMAND_RESULTS),
  );
  const rejected = counter(
    'qbit_ntfy_presses_rejected_total',
    'Messages of the command topic that had no effect, by reason.',
    each('reason', PRESS_REJECTIONS),
  );
  return {
    pressRejected(this: void, reason: (typeof PRESS_REJECTIONS)[number]): void {
      rejected.inc({ reason });
    },
    hook<Hook extends HookName>(hook: Hook, answer: HookAnswer<Hook>): void {
      hooks.inc({ hook, answer });
    },
    event(this: void, event: SupervisorEmitted): void {
      if (event.type === 'notification.settled') {
        notifications.inc({ kind: event.notification.kind, outcome: event.outcome });
      } else if (event.type === 'outbox.simplified') {
        simplified.inc({ kind: event.notification.kind, form: event.form });
      } else if (event.type === 'command.executed') {
        commands.inc({ action: event.command.action, result: event.failure === null ? 'done' : 'failed' });
      } else if (event.type === 'command.rejected') {
        rejected.inc({ reason: event.reason });
      } else if (event.type === 'torrent.crashed') restarts.inc({ what: 'torrent' });
      else if (event.type === 'service.crashed') restarts.inc({ what: 'service' });
    },
  };
}

/** Counters of calls to qBittorrent and ntfy. */
export function createCallCounters({ counter, gauge, histogram }: Instruments) {
  const requests = counter(
    'qbit_ntfy_qbittorrent_requests_total',
    'Calls to qBittorrent, by result. A login or a scan counts as one call, although it takes several HTTP requests.',
    pairs('call', QBITTORRENT_CALLS, 'result', QBITTORRENT_RESULTS),
  );
  const durations = histogram(
    'qbit_ntfy_qbittorrent_request_duration_seconds',
    'Duration of a call to qBittorrent, until its answer or its timeout.',
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
  const lastLogin = last('login', 'Time of the last successful login to qBittorrent');
  const lastPoll = last('poll', 'Time of the last poll that qBittorrent answered');
  const lastPublish = last('publish', 'Time of the last message that ntfy accepted');
  return {
    call(this: void, call: Call): void {
      const { to, result } = call;
      if (to === 'ntfy') attempts.inc({ result });
      else {
        requests.inc({ call: call.call, result });
        durations.observe({ call: call.call }, call.seconds);
      }
      if (result !== 'ok') return;
      if (to === 'ntfy') lastPublish.setToCurrentTime();
      else if (call.call === 'observe') lastPoll.setToCurrentTime();
      else if (call.call === 'login') lastLogin.setToCurrentTime();
    },
  };
}
