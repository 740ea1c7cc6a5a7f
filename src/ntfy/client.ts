import * as z from 'zod';
import type { Publication } from '../../machines/outbox.ts';
import type { Notification } from '../../machines/types.ts';
import type { Config } from '../config/index.ts';
import { failed, hostOf, parseJson, request } from '../http.ts';
import type { Reply } from '../http.ts';
import { progressSequence, renderCard } from './card.ts';

/** What the sidecar asks of ntfy. None of it throws. */
export interface NtfyClient {
  publish(notification: Notification, signal?: AbortSignal): Promise<Publication>;
}

const accepted = z.object({ id: z.string(), sequence_id: z.string().optional() });
/** ntfy's error body; a proxy in front of it sends HTML instead. */
const refusal = z.object({ code: z.number().optional(), error: z.string().optional() }).catch({});

/** ntfy's own error codes, where the status alone says too little (ntfy `server/errors.go`). */
const DAILY_QUOTA = 42908;
const TOO_MANY_AUTH_FAILURES = 42909;

/**
 * Publishes as JSON to the server's root, where text is never a header. A progress card that has to go is deleted by
 * its sequence; a server before 2.16 knows neither, answers without the sequence or with 404, and counts as not live.
 */
export function createNtfyClient({ server, topic, auth }: Config['ntfy'], instance: string): NtfyClient {
  const host = hostOf(server);
  return {
    async publish(notification, signal) {
      const headers = authorization(auth);
      const abort = signal === undefined ? {} : { signal };
      if (notification.kind === 'dismissal') {
        const url = `${server}/${topic}/${progressSequence(instance, notification.key)}`;
        const reply = await request(url, { method: 'DELETE', headers, ...abort });
        if (!reply.ok) return reply;
        if (reply.value.status === 404) return { ok: true, value: { live: false } };
        return judge(reply.value, host) ?? { ok: true, value: { live: true } };
      }
      const card = renderCard(notification, { topic, instance });
      const body = JSON.stringify(card);
      const reply = await request(`${server}/`, { method: 'POST', headers, body, ...abort });
      if (!reply.ok) return reply;
      const judged = judge(reply.value, host);
      if (judged !== null) return judged;
      const message = accepted.safeParse(parseJson(reply.value.text));
      return message.success
        ? { ok: true, value: { live: message.data.sequence_id === card.sequence_id } }
        : failed('misdirected', `${host} does not answer like an ntfy server`);
    },
  };
}

/** The header that shows who publishes. */
export function authorization(auth: Config['ntfy']['auth']): Record<string, string> {
  if (auth.kind === 'token') return { authorization: `Bearer ${auth.token.reveal()}` };
  if (auth.kind === 'none') return {};
  const pair = Buffer.from(`${auth.username}:${auth.password.reveal()}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

/** What a status says; `null` for a good one. */
function judge({ status, text }: Reply, host: string) {
  if (status >= 200 && status < 300) return null;
  const { code, error } = refusal.parse(parseJson(text) ?? {});
  const said = `${host} answered ${code ?? status}${error === undefined ? '' : ` (${error.slice(0, 100)})`}`;
  if (status === 401 || status === 403 || code === TOO_MANY_AUTH_FAILURES)
    return failed('unauthorized', said);
  if (code === DAILY_QUOTA) return failed('exhausted', said);
  if (status === 429) return failed('limited', said);
  if (status >= 500) return failed('broken', said);
  return failed(status === 400 || status === 413 ? 'rejected' : 'misdirected', said);
}
